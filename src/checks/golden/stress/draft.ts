// A stress program under way: traffic of all kinds, which the authors beside this file mix with
// what no generator of fair programs does.
import { Letter } from "../../../abi.ts";
import { highWord, lowWord } from "../../../base/bytes.ts";
import type { Prng } from "../../../base/prng.ts";
import { bootLettersFor } from "../../../slub/program/boot.ts";
import { ProgramImage } from "../../../slub/program/image.ts";
import type { Machine } from "../../../slub/program/machine.ts";

/** Writes one program. */
export type Author = (prng: Prng, machine: Machine) => ProgramImage;

const LETTERS = [
  ...[Letter.F, Letter.Z, Letter.P, Letter.U, Letter.T, Letter.H, Letter.R, Letter.K],
  ...[Letter.A, Letter.D, Letter.NOLEAKTRACE, Letter.CTOR],
];
export const SIZES = [
  1, 7, 8, 9, 16, 24, 40, 63, 64, 65, 96, 128, 192, 200, 312, 320, 511, 512, 1000,
];
export const LARGE_SIZES = [1024, 1536, 2048, 3000, 4096, 5000, 8192, 8193, 16384, 40000];
const ALIGNMENTS = [0, 0, 0, 4, 8, 16, 32, 64, 128, 3, 24, 4096];

/** A program under way. */
export class StressDraft {
  readonly image = new ProgramImage();
  readonly prng: Prng;
  readonly machine: Machine;
  readonly caches: number[] = [];
  /** Slots that were filled, with the cache that they are from; -1 for kmalloc. */
  readonly held: { slot: number; cache: number }[] = [];
  /** Slots that still point at objects that were freed. */
  readonly freed: number[] = [];

  constructor(prng: Prng, machine: Machine) {
    this.prng = prng;
    this.machine = machine;
  }

  of<T>(values: readonly T[]): T {
    return values[this.prng.below(values.length)];
  }

  addCache(size: number, align: number, letters: number): void {
    const name = this.image.newName();
    const boot = bootLettersFor(this.machine, this.image.cacheName(name), letters);
    this.image.cache(name, size, align, letters, boot);
    this.caches.push(name);
  }

  /** Most caches are plain, some have a few flags. */
  addAnyCache(sizes: readonly number[]): void {
    let letters = 0;
    for (let i = this.prng.below(4); i > 0; i--) letters |= this.of(LETTERS);
    this.addCache(this.of(sizes), this.of(ALIGNMENTS), letters);
  }

  alloc(): void {
    if (this.caches.length === 0) return;
    const cache = this.of(this.caches);
    const slot = this.image.newSlot();
    this.image.alloc(cache, slot, this.prng.oneIn(6));
    this.held.push({ slot, cache });
  }

  kmalloc(size: number): void {
    const slot = this.image.newSlot();
    this.image.kmalloc(size, slot, this.prng.oneIn(3));
    this.held.push({ slot, cache: -1 });
  }

  free(): void {
    if (this.held.length === 0) return;
    const [{ slot, cache }] = this.held.splice(this.prng.below(this.held.length), 1);
    if (cache < 0) this.image.kfree(slot);
    else this.image.free(cache, slot);
    this.freed.push(slot);
  }

  bulk(): void {
    if (this.caches.length === 0) return;
    const cache = this.of(this.caches);
    const slots = Array.from({ length: this.prng.between(1, 20) }, () => this.image.newSlot());
    this.image.bulkAllocSlots(cache, slots);
    if (this.prng.oneIn(2)) this.image.bulkFree(cache, slots);
    else for (const slot of slots) this.held.push({ slot, cache });
  }

  look(): void {
    if (this.caches.length === 0) return;
    const cache = this.of(this.caches);
    switch (this.prng.below(5)) {
      case 0:
        this.image.shrink(cache);
        break;
      case 1:
        this.image.destroy(cache);
        this.caches.splice(this.caches.indexOf(cache), 1);
        break;
      default:
        this.image.validate(cache);
    }
  }

  krealloc(): void {
    const place = this.held.findIndex(({ cache }) => cache < 0);
    if (place < 0) return;
    const slot = this.image.newSlot();
    this.image.krealloc(this.held[place].slot, 0, this.of([0, ...SIZES, ...LARGE_SIZES]), slot);
    this.held[place] = { slot, cache: -1 };
    if (this.prng.oneIn(2)) this.image.ksize(slot);
  }

  end(): ProgramImage {
    while (this.held.length > 0 && !this.prng.oneIn(12)) this.free();
    for (const cache of this.caches) {
      this.image.validate(cache);
      this.image.shrink(cache);
      this.image.destroy(cache);
    }
    return this.image;
  }
}

/** A slot that holds an address from the start. */
export function addressSlot({ image }: StressDraft, address: bigint): number {
  return image.newAddressSlot(`0x${address.toString(16)}`, highWord(address), lowWord(address));
}
