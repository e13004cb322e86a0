// Wild programs: traffic, while anything is written anywhere. Addresses are those of all structures
// that the allocator reads, kmem_caches and scratch lists among them. Values are the extremes of
// every width, and the addresses of everything else. What an operation may not write the allocator
// is led to, by free pointers and list heads that lie where a kmem_cache has its fields.
import {
  CACHE_MAX,
  CacheLayout,
  Letter,
  Op,
  PAGE_SIZE,
  SHEAVES_BEHIND_CACHES,
  SheavesLayout,
  STRUCT_PAGE_SIZE,
} from "../../src/abi.ts";
import { highWord, lowWord } from "../../src/base/bytes.ts";
import { type Author, addressSlot, StressDraft } from "../../src/checks/golden/stress/draft.ts";
import type { OpRecord } from "../../src/slub/program/image.ts";
import { addressMapOf, type Machine, pageOf, ramBase } from "../../src/slub/program/machine.ts";

const SIZES = [1, 2, 7, 8, 9, 16, 24, 40, 64, 96, 128, 192, 312, 512, 1000, 2048, 4096, 8192];
const KMALLOC_SIZES = [...SIZES, 0, 8193, 16384, 1 << 20, 1 << 22, (1 << 22) + 1];
const ALIGNMENTS = [0, 0, 0, 8, 64, 4096];
const LETTERS = [
  ...[Letter.F, Letter.Z, Letter.P, Letter.U, Letter.T, Letter.H, Letter.R, Letter.CTOR],
  ...[Letter.NOLEAKTRACE, Letter.K],
];
const EXTREMES = [
  ...[0n, 1n, 2n, 7n, 8n, 16n, 0x7fn, 0x80n, 0xffn, 0x7fffn, 0x8000n, 0xffffn],
  ...[0x7fff_ffffn, 0x8000_0000n, 0xffff_ffffn, 0x1_0000_0000n, 0xffff_ffff_0000_0000n],
  ...[0x7fff_ffff_ffff_ffffn, 0x8000_0000_0000_0000n, 0xffff_ffff_ffff_ffffn],
  ...[0xffff_ffff_ffff_fff8n, 0xdead_0000_0000_0100n, 0x6b6b_6b6b_6b6b_6b6bn],
];
/** The first page that slabs lie in. */
const FIRST_SLAB_PAGE = 32;

export const wildProgram: Author = (prng, machine) => {
  const wild = new Wild(prng, machine);
  const { draft } = wild;
  for (let i = prng.between(1, 4); i > 0; i--) wild.addCache();
  for (let i = prng.between(0, 12); i > 0; i--) draft.alloc();
  for (let i = prng.between(8, 50); i > 0; i--) wild.act();
  return draft.image;
};

class Wild {
  readonly draft: StressDraft;
  readonly #machine: Machine;
  readonly #regions: number[] = [];
  readonly #sheaves: number[] = [];

  constructor(prng: StressDraft["prng"], machine: Machine) {
    this.draft = new StressDraft(prng, machine);
    this.#machine = machine;
  }

  get #hasSheaves(): boolean {
    return this.#machine.profile === "v7.3";
  }

  addCache(): void {
    const { draft } = this;
    let letters = 0;
    for (let i = draft.prng.below(5); i > 0; i--) letters |= draft.of(LETTERS);
    draft.addCache(draft.of(SIZES), draft.of(ALIGNMENTS), letters);
  }

  act(): void {
    const { draft } = this;
    const { prng } = draft;
    // What only 7.3 has leaves the programs of other kernels as they are.
    if (this.#hasSheaves && prng.oneIn(5)) {
      this.#useSheaves();
      return;
    }
    const kind = prng.below(24);
    if (kind < 5) draft.alloc();
    else if (kind < 7) draft.free();
    else if (kind === 7) draft.kmalloc(draft.of(KMALLOC_SIZES));
    else if (kind === 8) draft.bulk();
    else if (kind === 9) draft.krealloc();
    else if (kind === 10) draft.look();
    else if (kind === 11) this.#turn();
    else if (kind < 16) this.#write();
    else if (kind < 19) this.#freeAnything();
    else if (kind < 21) this.#link();
    else if (kind === 21) this.#ask();
    else this.#leadAllocator();
  }

  /** Sheaves in the hands of the program, kfree_rcu(), and CPUs that go. */
  #useSheaves(): void {
    const { draft } = this;
    const { prng } = draft;
    const kind = prng.below(12);
    if (draft.caches.length === 0 || kind < 4) {
      this.#freeLater();
      return;
    }
    const of = { name: draft.of(draft.caches), aux: prng.below(2) };
    const count = draft.of([1, 4, 12, 28, 60, 500, 1024]);
    const [slot, offset] = this.#sheaf();
    if (kind < 6) this.#put(Op.SHEAF_GET, { ...of, slot: this.#newSheaf(), arg: count });
    else if (kind < 9) {
      this.#put(Op.SHEAF_ALLOC, { ...of, slot, offset, slot2: draft.image.newSlot() });
    } else if (kind === 9) this.#put(Op.SHEAF_REFILL, { ...of, slot, offset, arg: count });
    else if (kind === 10) this.#put(Op.SHEAF_PUT, { ...of, slot, offset });
    else draft.image.write(slot, 8 * prng.below(12), this.#bytes(8));
  }

  #freeLater(): void {
    const { prng } = this.draft;
    const aux = prng.below(2);
    const [slot, offset] = this.#ramPlace();
    const kind = prng.below(8);
    if (kind < 3) this.#put(Op.FREE_RCU, { aux, slot, offset });
    else if (kind < 5) this.#put(Op.RCU_BARRIER, { aux });
    else if (kind === 5) this.#put(Op.KFREE_NOLOCK, { slot, offset });
    else if (kind === 6) this.#put(Op.CPU_DOWN, { aux, arg: prng.below(this.#machine.cpus) });
    else {
      const asked = this.draft.of(KMALLOC_SIZES);
      this.#put(Op.KMALLOC_NOLOCK, { aux, slot: this.draft.image.newSlot(), arg: asked });
    }
  }

  #put(code: Op, fields: Partial<OpRecord>): void {
    const none = { aux: 0, name: 0, slot: 0, slot2: 0, offset: 0, arg: 0 };
    this.draft.image.put({ ...none, ...fields, code });
  }

  #newSheaf(): number {
    const slot = this.draft.image.newSlot();
    this.#sheaves.push(slot);
    return slot;
  }

  /** As a rule a sheaf of the program's. */
  #sheaf(): readonly [slot: number, offset: number] {
    const isOwn = this.#sheaves.length > 0 && !this.draft.prng.oneIn(8);
    return isOwn ? [this.draft.of(this.#sheaves), 0] : this.#mappedPlace();
  }

  /** Another CPU, another cache, another wish, a region. */
  #turn(): void {
    const { image, prng } = this.draft;
    const kind = prng.below(6);
    if (kind === 0) image.cpu(prng.below(this.#machine.cpus));
    else if (kind === 1) this.addCache();
    else if (kind === 2) image.nextPfn(this.#machine.physBasePfn + prng.below(64));
    else if (kind === 3) image.scrub();
    else if (kind === 4) image.ctorcalls();
    else this.#region();
  }

  #region(): void {
    const { image, prng } = this.draft;
    if (this.#regions.length > 3) return;
    const { vmemmap, kernelImage, vmalloc } = addressMapOf(this.#machine.profile);
    const size = this.draft.of([1, 8, 64, 4096, 8192]);
    const base = this.draft.of([
      ...[vmemmap - 0x1000n, vmalloc, kernelImage, kernelImage + 0x100_0000n],
      ...[0xffff_ffff_ffff_f000n, (1n << 64n) - BigInt(size), 0xffff_8000_0000_0000n],
    ]);
    const slot = image.newSlot();
    const arg = image.storeLong(highWord(base), lowWord(base + 64n * BigInt(prng.below(4))));
    image.put({ code: Op.REGION, aux: 0, name: 0, slot, slot2: 0, offset: size, arg });
    image.regionCount++;
    this.#regions.push(slot);
  }

  #write(): void {
    const { image, prng } = this.draft;
    const [slot, offset] = this.#place();
    const kind = prng.below(8);
    const width = this.draft.of([1, 2, 4, 8, 8, 16]);
    if (kind < 4) image.write(slot, offset, this.#bytes(width));
    else if (kind === 4) image.fill(slot, offset, prng.below(300), prng.below(256));
    else if (kind === 5) image.xor(...this.#mappedPlace(), this.#bytes(width));
    else if (kind === 6) image.wptr(slot, offset, this.#value(), 0);
    else image.fill(slot, offset, this.draft.of([4096, 65536, 1 << 20]), prng.below(256));
  }

  #freeAnything(): void {
    const { draft } = this;
    const { image, prng } = draft;
    const [slot, offset] = this.#ramPlace();
    const kind = prng.below(6);
    if (draft.caches.length === 0 || kind === 0) image.kfree(slot, offset);
    else if (kind < 4) image.free(draft.of(draft.caches), slot, offset);
    else if (kind === 4) image.krealloc(slot, offset, draft.of(KMALLOC_SIZES), image.newSlot());
    else {
      const mates = draft.held.slice(0, prng.below(4)).map((held) => held.slot);
      image.bulkFree(draft.of(draft.caches), [...mates, slot], [...mates.map(() => 0), offset]);
    }
  }

  #link(): void {
    const { image, prng } = this.draft;
    const [slot, offset] = this.#mappedPlace();
    const kind = prng.below(8);
    if (kind < 4) image.listInit(slot, offset);
    else if (kind === 4) image.listDel(slot, offset);
    else if (kind === 5) image.listAdd(slot, offset, ...this.#mappedPlace());
    else image.listAdd(slot, offset, this.#listHead());
  }

  #ask(): void {
    const { image, prng } = this.draft;
    const [slot, offset] = this.#ramPlace();
    const kind = prng.below(4);
    if (kind === 0) image.ksize(slot, offset);
    else if (kind === 1) image.kvalidate(slot, offset);
    else image.read(slot, offset, this.draft.of([1, 8, 64, 256]));
  }

  /** Somewhere among the kernel's own structures lies what the allocator takes for an object. */
  #leadAllocator(): void {
    const { draft } = this;
    const { image, prng } = draft;
    if (draft.caches.length === 0) return;
    const cache = draft.of(draft.caches);
    const slot = this.#kernelPlace();
    if (prng.oneIn(2) && draft.freed.length > 0) image.wfp(cache, draft.of(draft.freed), 0, slot);
    else image.free(cache, slot);
    if (prng.oneIn(2)) draft.alloc();
    if (prng.oneIn(2)) draft.alloc();
  }

  /** As a rule one that is there: the kernel dies of others. */
  #mappedPlace(): readonly [slot: number, offset: number] {
    const { prng } = this.draft;
    return prng.oneIn(3) ? [this.#structPage(), 8 * prng.below(6)] : this.#ramPlace();
  }

  /** As a rule one that has a struct page. */
  #ramPlace(): readonly [slot: number, offset: number] {
    const { held, freed, prng } = this.draft;
    if (prng.oneIn(20)) return this.#place();
    const objects = [...held.map(({ slot }) => slot), ...freed];
    const offset = prng.oneIn(2) ? 0 : 8 * prng.below(12);
    if (objects.length > 0 && prng.oneIn(2)) return [this.draft.of(objects), offset];
    return [this.#kernelPlace(), offset];
  }

  /** The head of a list of some kmem_cache's slabs. */
  #listHead(): number {
    const { prng } = this.draft;
    const field = prng.oneIn(2) ? CacheLayout.PARTIAL : CacheLayout.FULL;
    const index = prng.below(18);
    return this.#at(ramBase(this.#machine) + BigInt(index * CacheLayout.SIZE + field));
  }

  /** Any place that something might be written to, or freed. */
  #place(): readonly [slot: number, offset: number] {
    const { draft } = this;
    const { prng } = draft;
    const kind = prng.below(12);
    const near = 8 * prng.between(-6, 40) + (prng.oneIn(4) ? prng.below(8) : 0);
    if (kind < 3 && draft.held.length > 0) return [draft.of(draft.held).slot, near];
    if (kind < 5 && draft.freed.length > 0) return [draft.of(draft.freed), near];
    if (kind < 8) return [this.#structPage(), prng.oneIn(2) ? 8 * prng.below(8) : prng.below(64)];
    if (kind === 8) return [this.#kernelPlace(), prng.below(16)];
    if (kind === 9) return [this.#edge(), prng.between(-9, 8)];
    if (kind === 10 && this.#regions.length > 0) return [draft.of(this.#regions), prng.below(64)];
    return [this.#value(), prng.between(-8, 8)];
  }

  #at(address: bigint): number {
    return addressSlot(this.draft, BigInt.asUintN(64, address));
  }

  /** The struct page of a slab, of the kernel's own pages, or of the last one. */
  #structPage(): number {
    const { prng } = this.draft;
    const { physPages } = this.#machine;
    const page = prng.oneIn(8)
      ? this.draft.of([0, 15, 31, physPages - 1])
      : FIRST_SLAB_PAGE + prng.below(8);
    const first = pageOf(this.#machine, ramBase(this.#machine));
    return this.#at(first + BigInt(page * STRUCT_PAGE_SIZE));
  }

  /** A field of a kmem_cache, or a list head behind all of them. */
  #kernelPlace(): number {
    const { prng } = this.draft;
    const base = ramBase(this.#machine);
    if (this.#hasSheaves && prng.oneIn(4)) return this.#sheavesPlace(base);
    if (prng.oneIn(8))
      return this.#at(base + BigInt(CACHE_MAX * CacheLayout.SIZE - 16 + prng.below(600)));
    const index = prng.oneIn(3) ? prng.below(30) : this.draft.of([13, 14, 15, 26, 27, 28]);
    const field = prng.oneIn(4) ? prng.below(CacheLayout.SIZE) : 4 * prng.below(24);
    // A free pointer lies in the middle of an object, or at its start.
    const back = this.draft.of([0, 0, 8, 16, 32, 48, 96, 152, 256]);
    return this.#at(base + BigInt(index * CacheLayout.SIZE + field - back));
  }

  /** What CPUs and barn hold of a cache. */
  #sheavesPlace(base: bigint): number {
    const { prng } = this.draft;
    const index = prng.oneIn(3) ? prng.below(30) : this.draft.of([13, 14, 15, 26, 27, 28]);
    const blocks = CACHE_MAX * CacheLayout.SIZE + SHEAVES_BEHIND_CACHES;
    const field = 4 * prng.below(SheavesLayout.SIZE / 4) - this.draft.of([0, 0, 8, 96]);
    return this.#at(base + BigInt(blocks + index * SheavesLayout.SIZE + field));
  }

  /** Where memory begins or ends. */
  #edge(): number {
    const { machine } = this.draft;
    const ram = ramBase(machine);
    const pages = pageOf(machine, ram);
    const { physPages } = machine;
    return this.#at(
      this.draft.of([
        ...[ram, ram + BigInt(physPages * PAGE_SIZE), ram + BigInt(16 * PAGE_SIZE)],
        ...[pages, pages + BigInt(physPages * STRUCT_PAGE_SIZE)],
        ...[machine.glob, machine.glob + 4096n, machine.vglob, machine.vglob + 4096n, 0n],
        ...[pageOf(machine, machine.vglob), 0xffff_ffff_ffff_fff8n],
      ]),
    );
  }

  /** A slot that holds an extreme, or the address of something. */
  #value(): number {
    const { draft } = this;
    const { prng } = draft;
    switch (prng.below(6)) {
      case 0:
        return this.#structPage();
      case 1:
        return this.#kernelPlace();
      case 2:
        return this.#edge();
      case 3:
        if (draft.held.length > 0) return draft.of(draft.held).slot;
        return this.#at(ramBase(this.#machine) + BigInt(prng.below(1 << 20)));
      default:
        return this.#at(draft.of(EXTREMES));
    }
  }

  /** So many bytes of an extreme, or any. */
  #bytes(width: number): readonly number[] {
    const { prng } = this.draft;
    const extreme = this.draft.of(EXTREMES);
    const isAny = prng.oneIn(5);
    return Array.from({ length: width }, (_, i) =>
      isAny ? prng.below(256) : Number((extreme >> BigInt(8 * (i % 8))) & 0xffn),
    );
  }
}
