// How many turns loops may make in a program, and when they get new fuel. With as much of it as it
// likes, a program whose operations each work for just not too long would take minutes.
import { FUEL_FULL } from "../../wasm/fuel.ts";
import type { Heap } from "./heap.ts";

/** Turns of loops in a program, in the fuel between two refills. */
const PROGRAM_FUELS = 4;
const REFUEL_MASK = 63;
const REFUEL_BYTES = 1 << 16;

/** Loops get new fuel before every so many operations, and before large ones. */
export function needsFuel(index: number, requestBytes: number): boolean {
  return (index & REFUEL_MASK) === 0 || requestBytes > REFUEL_BYTES;
}

export class ProgramTurns {
  readonly #guest: Heap;
  #before = 0;
  /** Turns that loops may make in a program. */
  max: number;

  constructor(guest: Heap) {
    this.#guest = guest;
    this.max = PROGRAM_FUELS * Math.max(FUEL_FULL, guest.plan.fuel ?? 0);
  }

  /** A program begins; what its instance did before does not count. */
  begin(): void {
    this.#before = this.#guest.turns;
  }

  /** Gives loops new fuel. False once the program has made too many turns. */
  refuel(): boolean {
    this.#guest.refuel();
    return this.#guest.turns - this.#before <= this.max;
  }
}
