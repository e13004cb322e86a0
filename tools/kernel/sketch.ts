// A script in the making: its lines, and what its author knows of its caches and objects.
import type { Letter } from "../../src/abi.ts";
import type { Prng } from "../../src/base/prng.ts";
import { Layout } from "../../src/slub/oracle/layout.ts";
import { bootLettersFor } from "../../src/slub/program/boot.ts";
import { lettersOfFlags } from "../../src/slub/program/letters.ts";
import { type Machine, profileNumber } from "../../src/slub/program/machine.ts";

/** A cache of the script. */
export interface SketchCache {
  readonly name: string;
  readonly size: number;
  readonly ctor: boolean;
  readonly layout: Layout;
  /** Slots of objects that the script holds. */
  readonly held: string[];
  /** Slots of objects that it gave back. */
  readonly freed: string[];
}

const SIZES = [
  1, 2, 4, 7, 8, 9, 12, 15, 16, 17, 24, 31, 32, 33, 40, 48, 56, 60, 63, 64, 65, 72, 96,
];
const LARGE_SIZES = [
  100, 120, 128, 192, 250, 256, 320, 500, 512, 700, 1000, 1024, 1500, 2048, 4000,
];
const ALIGNS = [0, 0, 0, 0, 0, 0, 8, 16, 32, 64, 128, 256, 24, 4];
const LETTERS = ["F", "Z", "P", "U"];
const RARE_LETTERS = ["T", "H", "R", "K", "A"];
const FREED_MAX = 12;

export class Sketch {
  readonly lines: string[] = [];
  readonly caches: SketchCache[] = [];
  readonly prng: Prng;
  readonly #machine: Machine;
  #slots = 0;

  constructor(prng: Prng, machine: Machine) {
    this.prng = prng;
    this.#machine = machine;
  }

  add(line: string): void {
    this.lines.push(line);
  }

  addCache(): void {
    const { prng } = this;
    const name = "abcdefgh"[this.caches.length];
    const size = prng.pick(prng.oneIn(3) ? LARGE_SIZES : SIZES) + (prng.oneIn(5) ? 1 : 0);
    const align = prng.pick(ALIGNS);
    const flags = drawFlags(prng);
    const ctor = prng.oneIn(7);
    this.add(`cache ${name} ${size} ${align} ${flags}${ctor ? " ctor" : ""}`);
    const layout = this.#layoutOf(name, size, align, lettersOfFlags(flags, ctor));
    if (!layout.freePointerOutside && prng.oneIn(15)) this.#moveFreePointer(name, layout);
    this.caches.push({ name, size, ctor, layout, held: [], freed: [] });
  }

  pickCache(): SketchCache {
    return this.prng.pick(this.caches);
  }

  newSlot(): string {
    return `s${this.#slots++}`;
  }

  /** What numbered slots begin with. */
  newPrefix(): string {
    return `n${this.#slots++}_`;
  }

  /** A slot of the cache: held, or freed; a new object if there is none. */
  anySlot(cache: SketchCache): string {
    const stale = cache.freed.length > 0 && this.prng.oneIn(3);
    return stale ? this.prng.pick(cache.freed) : this.heldSlot(cache);
  }

  heldSlot(cache: SketchCache): string {
    return cache.held.length > 0 ? this.prng.pick(cache.held) : this.alloc(cache);
  }

  freedSlot(cache: SketchCache): string {
    return cache.freed.length > 0 ? this.prng.pick(cache.freed) : this.free(cache);
  }

  alloc(cache: SketchCache, zero = false): string {
    const slot = this.newSlot();
    this.add(`alloc ${cache.name} ${slot}${zero ? " z" : ""}`);
    cache.held.push(slot);
    return slot;
  }

  /** Gives an object back; its slot. */
  free(cache: SketchCache, slot = this.heldSlot(cache)): string {
    this.add(`free ${cache.name} ${slot}`);
    this.forget(cache, slot);
    return slot;
  }

  /** The script does not hold the object any more. */
  forget(cache: SketchCache, slot: string): void {
    const at = cache.held.indexOf(slot);
    if (at >= 0) cache.held.splice(at, 1);
    cache.freed.push(slot);
    if (cache.freed.length > FREED_MAX) cache.freed.shift();
  }

  /** As 3.10 lays objects out: the free pointer at the beginning. */
  #moveFreePointer(name: string, layout: Layout): void {
    this.add(`setoffset ${name} 0`);
    layout.moveFreePointer(0);
  }

  #layoutOf(name: string, size: number, align: number, own: number): Layout {
    const letters = own | bootLettersFor(this.#machine, name, own);
    const layout = new Layout();
    const { profile, nrCpuIds } = this.#machine;
    layout.compute({ profile: profileNumber(profile), size, align, letters, nrCpuIds });
    return layout;
  }
}

/** Any mixture, the full one and none at all more often. */
function drawFlags(prng: Prng): string {
  const letters = prng.oneIn(4)
    ? prng.pick([[], LETTERS, ["F"], ["F", "Z", "P"]])
    : LETTERS.filter(() => prng.oneIn(2));
  const rare = RARE_LETTERS.filter(() => prng.oneIn(14));
  return [...rare, ...letters].join("") || "-";
}

/** Whether a layout has that letter. */
export function has({ letters }: Layout, letter: Letter): boolean {
  return (letters & letter) !== 0;
}
