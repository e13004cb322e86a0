// Traffic while a program writes over the kernel's own structures: struct pages, links of lists,
// free pointers. No rule says what is right there; the answers are known, and a change of them is a
// change of the core.
import { Letter, PAGE_SHIFT, PAGE_SIZE, STRUCT_PAGE_SIZE } from "../../../abi.ts";
import { pageLayoutOf } from "../../../slub/core/struct_page.ts";
import { addressMapOf } from "../../../slub/program/machine.ts";
import { type Author, addressSlot, SIZES, StressDraft } from "./draft.ts";

/** Traffic with a write over struct pages and objects now and then. */
export const overwrittenKernel: Author = (prng, machine) => {
  const draft = new StressDraft(prng, machine);
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

/** Slabs in every state; then one field of one struct page is spoilt, and everything looked at. */
export const spoiltSlab: Author = (prng, machine) => {
  const draft = new StressDraft(prng, machine);
  const letters = draft.of([0, Letter.R, Letter.F, Letter.U, Letter.CTOR, Letter.F | Letter.U]);
  draft.addCache(draft.of([64, 192, 320, 512, 1000]), 0, letters);
  const [cache] = draft.caches;
  if (prng.oneIn(10)) touchGuardPage(draft);
  for (let i = prng.between(10, 60); i > 0; i--) draft.alloc();
  for (let i = prng.below(draft.held.length); i > 0; i--) draft.free();
  spoilField(draft);
  if (prng.oneIn(4)) spoilField(draft);
  for (let i = prng.between(1, 12); i > 0; i--) {
    const kind = prng.below(8);
    if (kind < 3) draft.alloc();
    else if (kind < 5) draft.free();
    else if (kind === 5) draft.bulk();
    else if (kind === 6) draft.image.validate(cache);
    else draft.image.shrink(cache);
    if (prng.oneIn(8)) draft.image.cpu(prng.below(machine.cpus));
  }
  return draft.end();
};

/** Between the kernel's own pages and the first slab. */
const FIRST_GUARD_PAGE = 16;

/** What a program writes there is gone when the next program reads it. */
function touchGuardPage(draft: StressDraft): void {
  const { prng, image, machine } = draft;
  const { directMap } = addressMapOf(machine.profile);
  const page = FIRST_GUARD_PAGE + prng.below(FIRST_SLAB_PAGE - FIRST_GUARD_PAGE);
  const frame = BigInt(machine.physBasePfn + page);
  const slot = addressSlot(draft, directMap + frame * BigInt(PAGE_SIZE));
  const struct = addressSlot(draft, pageAddress(draft, page));
  for (const place of [slot, struct]) {
    image.read(place, 0, 64);
    image.fill(place, 0, 64, 0x40 + prng.below(26));
  }
}

/** Slabs lie in the pages behind these. */
const FIRST_SLAB_PAGE = 32;
const SLAB_PAGES = 6;

function overwrite(draft: StressDraft): void {
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
  const slot = addressSlot(draft, page);
  const offset = prng.oneIn(3) ? prng.below(48) : 8 * prng.below(7);
  if (prng.oneIn(2)) image.write(slot, offset, bytesToWrite(draft));
  else image.write(slot, offset, [prng.below(256), prng.below(prng.oneIn(2) ? 256 : 2)]);
}

/** Writes over a field that the allocator reads, of a slab that there probably is. */
function spoilField(draft: StressDraft): void {
  const { prng, image } = draft;
  const { LIST, FREELIST, COUNTERS, SLAB_CACHE, FLAGS } = pageLayoutOf(draft.machine);
  const slot = addressSlot(draft, pageAddress(draft, FIRST_SLAB_PAGE + prng.below(SLAB_PAGES)));
  const [field, size] = draft.of([
    ...[[LIST, 8] as const, [LIST, 8] as const, [LIST + 8, 8] as const],
    ...[[FREELIST, 8] as const, [SLAB_CACHE, 8] as const],
    ...[[COUNTERS, 2] as const, [COUNTERS + 2, 2] as const, [FLAGS, 1] as const],
  ]);
  if (size === 8) image.write(slot, field, bytesToWrite(draft));
  else if (field === FLAGS) image.write(slot, field, [prng.below(64)]);
  else image.write(slot, field, [prng.below(64), prng.oneIn(2) ? 0 : draft.of([0x80, 1, 0x7f])]);
}

/** Eight bytes: a small number, a pointer to a page or an object, or none that anything lies at. */
function bytesToWrite(draft: StressDraft): readonly number[] {
  const { prng, machine } = draft;
  const { directMap } = addressMapOf(machine.profile);
  const page = FIRST_SLAB_PAGE + prng.below(SLAB_PAGES);
  const frame = BigInt(machine.physBasePfn + page);
  switch (prng.below(8)) {
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
    case 5: // a struct page that there is not, of memory behind the machine's
      return bytesOf(pageAddress(draft, machine.physPages + prng.below(4096)));
    case 6:
      return bytesOf(pageOfGlob(draft));
    default:
      return bytesOf(machine.vglob + 8n * BigInt(prng.below(64)));
  }
}

function pageAddress({ machine }: StressDraft, page: number): bigint {
  const { vmemmap } = addressMapOf(machine.profile);
  return vmemmap + BigInt(machine.physBasePfn + page) * BigInt(STRUCT_PAGE_SIZE);
}

/** The struct page of glob, which lies in the kernel image. */
function pageOfGlob({ machine }: StressDraft): bigint {
  const { vmemmap, kernelImage } = addressMapOf(machine.profile);
  const frame = (machine.glob - kernelImage) >> BigInt(PAGE_SHIFT);
  return vmemmap + frame * BigInt(STRUCT_PAGE_SIZE);
}

function bytesOf(value: bigint): readonly number[] {
  return Array.from({ length: 8 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}
