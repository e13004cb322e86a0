// Golden programs that no generator of fair programs makes: memory that runs out, caches of all
// kinds side by side, and a kernel whose own structures are overwritten. Nobody says what is right
// there; the answers are known, and a change of them is a change of the core.
import type { Prng } from "../base/prng.ts";
import { Letter, PAGE_SIZE, STRUCT_PAGE_SIZE } from "../abi.ts";
import { highWord, lowWord } from "../base/bytes.ts";
import { bootLettersFor } from "../program/boot.ts";
import { ProgramImage } from "../program/image.ts";
import { addressMapOf, type Machine } from "../program/machine.ts";

/** Writes one program. */
export type Author = (prng: Prng, machine: Machine) => ProgramImage;

const LETTERS = [
  ...[Letter.F, Letter.Z, Letter.P, Letter.U, Letter.T, Letter.H, Letter.R, Letter.K],
  ...[Letter.A, Letter.D, Letter.NOLEAKTRACE, Letter.CTOR],
];
const SIZES = [1, 7, 8, 9, 16, 24, 40, 63, 64, 65, 96, 128, 192, 200, 312, 320, 511, 512, 1000];
const LARGE_SIZES = [1024, 1536, 2048, 3000, 4096, 5000, 8192, 8193, 16384, 40000];
const ALIGNMENTS = [0, 0, 0, 4, 8, 16, 32, 64, 128, 3, 24, 4096];

/** A program under way. */
class Draft {
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

/** Blocks of all orders until memory runs out, wanted frames, and what is left for slabs then. */
export const memoryRunsOut: Author = (prng, machine) => {
  const draft = new Draft(prng, machine);
  const { image } = draft;
  draft.addAnyCache(SIZES);
  draft.addAnyCache(LARGE_SIZES);
  const orders = prng.oneIn(2) ? [9, 10, 10, 8] : [0, 1, 2, 3, 5, 7, 9, 10, 11];
  for (let i = 0; i < 60; i++) {
    const kind = prng.below(16);
    if (kind < 6) draft.kmalloc(PAGE_SIZE << draft.of(orders));
    else if (kind < 9) draft.free();
    else if (kind < 11) draft.alloc();
    else if (kind === 11) image.nextPfn(machine.physBasePfn + prng.below(machine.physPages));
    else if (kind === 12) image.nextPfn(machine.physBasePfn + 32 + prng.below(64));
    else if (kind === 13) draft.bulk();
    else if (kind === 14 && prng.oneIn(4)) image.scrub();
    else draft.look();
  }
  return draft.end();
};

/** Many caches of all kinds, which merge or do not, come and go. */
export const cachesOfAllKinds: Author = (prng, machine) => {
  const draft = new Draft(prng, machine);
  for (let i = 0; i < 70; i++) {
    const kind = prng.below(16);
    if (kind < 6) draft.addAnyCache(prng.oneIn(4) ? LARGE_SIZES : SIZES);
    else if (kind < 10) draft.alloc();
    else if (kind < 12) draft.free();
    else if (kind === 12) draft.bulk();
    else if (kind === 13) draft.kmalloc(draft.of([0, ...SIZES, ...LARGE_SIZES]));
    else if (kind === 14) draft.krealloc();
    else draft.look();
    if (prng.oneIn(20)) draft.image.cpu(prng.below(machine.cpus));
    if (prng.oneIn(20)) draft.image.ctorcalls();
  }
  return draft.end();
};

/** Traffic, while somebody writes over struct pages and objects. */
export const overwrittenKernel: Author = (prng, machine) => {
  const draft = new Draft(prng, machine);
  draft.addAnyCache(SIZES);
  draft.addCache(draft.of(SIZES), 0, draft.of([0, 0, Letter.F, Letter.F | Letter.P | Letter.Z]));
  for (let i = prng.between(2, 30); i > 0; i--) draft.alloc();
  const first = prng.between(5, 25);
  for (let i = 0; i < 40; i++) {
    if (i >= first && prng.oneIn(12)) overwrite(draft);
    const kind = prng.below(14);
    if (kind < 5) draft.alloc();
    else if (kind < 9) draft.free();
    else if (kind === 9) draft.kmalloc(draft.of(SIZES));
    else if (kind === 10) draft.bulk();
    else if (kind === 11) draft.krealloc();
    else draft.look();
    if (prng.oneIn(16)) draft.image.cpu(prng.below(machine.cpus));
  }
  return draft.end();
};

/** Slabs lie in the pages behind these. */
const FIRST_SLAB_PAGE = 32;
const SLAB_PAGES = 6;

function overwrite(draft: Draft): void {
  const { prng, image, held, freed } = draft;
  const page = pageAddress(draft, FIRST_SLAB_PAGE + prng.below(SLAB_PAGES));
  if (prng.oneIn(3) && freed.length > 0) {
    // The youngest is the head of its list; the link is in the middle of an object, or in front.
    const slot = prng.oneIn(2) ? freed[freed.length - 1] : draft.of(freed);
    const offset = prng.oneIn(3) ? 0 : 8 * prng.below(40);
    image.write(slot, offset, bytesToWrite(draft));
    return;
  }
  if (prng.oneIn(3) && held.length > 0) {
    const { slot } = draft.of(held);
    image.write(slot, 8 * prng.between(-4, 40), bytesToWrite(draft));
    return;
  }
  const slot = addressSlot(image, page);
  const offset = prng.oneIn(3) ? prng.below(48) : 8 * prng.below(7);
  if (prng.oneIn(2)) image.write(slot, offset, bytesToWrite(draft));
  else image.write(slot, offset, [prng.below(256), prng.below(prng.oneIn(2) ? 256 : 2)]);
}

/** Eight bytes: a small number, a pointer to a page or an object, or none that anything lies at. */
function bytesToWrite(draft: Draft): readonly number[] {
  const { prng, machine } = draft;
  const { directMap } = addressMapOf(machine.profile);
  const page = FIRST_SLAB_PAGE + prng.below(SLAB_PAGES);
  const frame = BigInt(machine.physBasePfn + page);
  switch (prng.below(6)) {
    case 0:
      return bytesOf(0n);
    case 1:
      return bytesOf(BigInt(prng.below(4096)));
    case 2:
      return bytesOf(pageAddress(draft, page) + 8n * BigInt(prng.below(8)));
    case 3:
      return bytesOf(directMap + frame * BigInt(PAGE_SIZE) + 8n * BigInt(prng.below(512)));
    case 4:
      return bytesOf(0x4141414141414141n);
    default:
      return bytesOf(machine.vglob + 8n * BigInt(prng.below(64)));
  }
}

function pageAddress({ machine }: Draft, page: number): bigint {
  const { vmemmap } = addressMapOf(machine.profile);
  return vmemmap + BigInt(machine.physBasePfn + page) * BigInt(STRUCT_PAGE_SIZE);
}

function addressSlot(image: ProgramImage, address: bigint): number {
  return image.newAddressSlot(`0x${address.toString(16)}`, highWord(address), lowWord(address));
}

function bytesOf(value: bigint): readonly number[] {
  return Array.from({ length: 8 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}
