// Somebody's own program, played again and again on a machine that starts anew each time.
import { Status } from "../../abi.ts";
import { nowMs } from "../../base/clock.ts";
import { UserError } from "../../base/user_error.ts";
import { SlabHeap } from "../../slub/core/heap.ts";
import { machineFor } from "../../slub/program/boot.ts";
import { encode } from "../../slub/program/encode.ts";
import type { ProgramImage } from "../../slub/program/image.ts";
import type { Program } from "../../slub/program/op.ts";
import type { MachineOverrides } from "../../target/options.ts";
import { type Contender, timed } from "./measure.ts";
import { ROUND } from "./stream.ts";

/** A round of a program whose machine takes long to start anew has fewer repeats. */
const ROUND_MS = 1;

interface ProgramRequest {
  readonly name: string;
  readonly program: Program;
  readonly machine: MachineOverrides;
}

export class ProgramContender implements Contender {
  readonly name: string;
  readonly #heap = new SlabHeap();
  readonly #image: ProgramImage;
  readonly #repeats: number;

  constructor({ name, program, machine }: ProgramRequest) {
    this.name = name;
    const booted = machineFor(program, machine);
    this.#image = encode(program, booted);
    this.#heap.configure(booted);
    this.#heap.load(this.#image);
    this.#rehearse();
    const start = nowMs();
    this.#play();
    const most = Math.ceil(ROUND / Math.max(1, this.#image.opCount));
    this.#repeats = Math.max(1, Math.min(most, Math.floor(ROUND_MS / (nowMs() - start))));
  }

  round(): number {
    let sum = 0;
    for (let i = 0; i < this.#repeats; i++) sum += this.#play();
    return sum / this.#repeats;
  }

  /** Nanoseconds of one operation: to start anew does not count. */
  #play(): number {
    const { opCount } = this.#image;
    this.#heap.reset();
    return timed(opCount, () => this.#heap.run(0, opCount));
  }

  /** A program that dies on the way cannot be compared with one that does not. */
  #rehearse(): void {
    const { opCount } = this.#image;
    this.#heap.reset();
    const ran = this.#heap.run(0, opCount);
    const { status } = this.#heap.result(Math.max(0, ran - 1));
    if (ran === opCount && status !== Status.CRASH && status !== Status.HANG) return;
    throw new UserError(`under ${this.name} operation ${ran - 1} of the program ends the machine`);
  }
}
