// The allocator of a foreign module, driven by the same stream: called from JavaScript, once for
// each operation, which takes some nanoseconds that the core does not need. It has no caches: the
// size of an object is that of its cache in the stream.
import { OP_SIZE, Op, SLOT_MAX } from "../../abi.ts";
import { UserError } from "../../base/user_error.ts";
import { Guest } from "../../module/judge/guest.ts";
import type { ForeignChoice } from "../../module/load/choice.ts";
import { loadForeign } from "../../module/load/load.ts";
import type { ProgramImage } from "../../slub/program/image.ts";
import { isTrap } from "../../wasm/trap.ts";
import { type Contender, timed } from "./measure.ts";
import { ROUND, Stream, type StreamRequest } from "./stream.ts";

export interface ForeignRequest extends Omit<StreamRequest, "cpus"> {
  readonly name: string;
  readonly choice: ForeignChoice;
  /** The module to run instead, made from the choice's. */
  readonly module?: WebAssembly.Module;
}

const WORDS = OP_SIZE / 4;
/** The alignment of most allocators, for those that take one. */
const ALIGN = 8;

export class ForeignContender implements Contender {
  readonly name: string;
  readonly guest: Guest;
  readonly stream: Stream;
  readonly #sizes: readonly number[];
  readonly #pointers = new Uint32Array(SLOT_MAX);

  constructor(request: ForeignRequest) {
    const { name, choice, mix } = request;
    const { module, plan } = loadForeign(choice);
    this.name = name;
    this.#sizes = mix.sizes;
    this.guest = new Guest(request.module ?? module, plan);
    this.guest.restart();
    this.stream = new Stream({ ...request, cpus: 1 });
    this.stream.begin((image) => this.#play(image));
  }

  round(): number {
    const image = this.stream.next();
    return timed(ROUND, () => this.#play(image));
  }

  #play(image: ProgramImage): void {
    this.guest.refuel();
    try {
      this.#run(image);
    } catch (error) {
      if (!isTrap(error)) throw error;
      const what = this.guest.isOutOfFuel ? "a loop had no end" : messageOf(error);
      throw new UserError(`${this.name}: trapped on the way (${what})`);
    }
  }

  #run({ words, opCount }: ProgramImage): void {
    const { guest } = this;
    const pointers = this.#pointers;
    const sizes = this.#sizes;
    for (let at = 0; at < opCount * WORDS; at += WORDS) {
      const size = sizes[words[at] >>> 16];
      const slot = words[at + 1] & 0xffff;
      if ((words[at] & 0xff) === Op.FREE) guest.free(pointers[slot], size, ALIGN);
      else {
        pointers[slot] = guest.alloc(size, ALIGN);
        if (pointers[slot] === 0) throw this.#isFull();
      }
    }
  }

  #isFull(): UserError {
    const { live } = this.stream;
    return new UserError(`${this.name}: has no room for ${live} live objects of that size`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
