// A program of a module's allocator, played again and again: each time on an instance that is new.
// It is called from JavaScript, once for each operation. What the allocator has no function for is
// asked for in other words (module/program/fit.ts).
import { UserError } from "../../base/user_error.ts";
import { Guest } from "../../module/judge/guest.ts";
import type { ForeignChoice } from "../../module/load/choice.ts";
import { loadForeign } from "../../module/load/load.ts";
import { fittedTo } from "../../module/program/fit.ts";
import {
  Code,
  FOREIGN_SLOTS_MAX,
  type ForeignImage,
  type ForeignOp,
  imageOf,
  WORDS_PER_OP,
} from "../../module/program/op.ts";
import { printForeignOp } from "../../module/program/text.ts";
import { isTrap } from "../../wasm/trap.ts";
import { type Contender, playedRepeatedly, timed } from "./measure.ts";

export interface ModuleProgramRequest {
  /** What people call the program. */
  readonly name: string;
  readonly ops: readonly ForeignOp[];
  readonly choice: ForeignChoice;
}

const PLAYED: readonly string[] = ["alloc", "zalloc", "resize", "free", "collect"];

/** Refuses a program that makes mistakes, or that is no traffic of blocks. */
export function requirePlayable({ name, ops }: ModuleProgramRequest): void {
  const at = ops.findIndex(({ op }) => !PLAYED.includes(op));
  if (at < 0) return;
  const where = `op ${at} is ${printForeignOp(ops[at])}`;
  throw new UserError(`${name}: bench plays ${PLAYED.join(", ")} and nothing else, ${where}`);
}

export function moduleProgramContender({ ops, choice }: ModuleProgramRequest): Contender {
  const { module, plan } = loadForeign(choice);
  const image = imageOf(fittedTo(plan.binding, ops));
  const player = new ModulePlayer(new Guest(module, plan), choice.target);
  return playedRepeatedly(choice.target, image.count, () => {
    player.restart();
    return timed(Math.max(1, image.count), () => player.play(image));
  });
}

class ModulePlayer {
  readonly #guest: Guest;
  readonly #name: string;
  readonly #pointers = new Uint32Array(FOREIGN_SLOTS_MAX);
  readonly #sizes = new Uint32Array(FOREIGN_SLOTS_MAX);
  readonly #aligns = new Uint32Array(FOREIGN_SLOTS_MAX);

  constructor(guest: Guest, name: string) {
    this.#guest = guest;
    this.#name = name;
  }

  restart(): void {
    this.#guest.restart();
    this.#pointers.fill(0);
  }

  play({ words, count }: ForeignImage): void {
    try {
      for (let at = 0; at < count * WORDS_PER_OP; at += WORDS_PER_OP) {
        this.#step(words[at] & 0xff, words[at] >>> 8, words[at + 1], words[at + 2]);
      }
    } catch (error) {
      if (!isTrap(error)) throw error;
      const what = this.#guest.isOutOfFuel ? "a loop had no end" : (error as Error).message;
      throw new UserError(`${this.#name}: trapped on the way (${what})`);
    }
  }

  #step(code: number, slot: number, a: number, b: number): void {
    const guest = this.#guest;
    const pointer = this.#pointers[slot];
    if (code === Code.free) {
      if (pointer !== 0) guest.free(pointer, this.#sizes[slot], this.#aligns[slot]);
      this.#pointers[slot] = 0;
    } else if (code === Code.collect) guest.collect();
    else if (code === Code.alloc) this.#keep(slot, guest.alloc(a, b), a, b);
    else if (code === Code.zalloc) this.#keep(slot, guest.zalloc(a, b), a * b, 0);
    else {
      const moved = guest.realloc(pointer, this.#sizes[slot], a, this.#aligns[slot]);
      if (moved !== 0) this.#keep(slot, moved, a, this.#aligns[slot]);
    }
  }

  #keep(slot: number, pointer: number, size: number, align: number): void {
    this.#pointers[slot] = pointer;
    this.#sizes[slot] = size;
    this.#aligns[slot] = align;
  }
}
