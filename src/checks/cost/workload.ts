// What the cost is measured of: for each kernel, way to debug it and size, one program that does
// every kind of operation many times. It is written down here, not drawn, so that it never changes
// by accident.
import { Letter } from "../../abi.ts";
import { bootLettersFor } from "../../slub/program/boot.ts";
import { ProgramImage } from "../../slub/program/image.ts";
import type { Machine } from "../../slub/program/machine.ts";

/** Kinds of operations, by the kernel's names; at last the harness makes all memory new. */
export const KINDS = [
  "kmem_cache_create",
  "kmem_cache_alloc",
  "kmem_cache_free",
  "kmem_cache_alloc_bulk",
  "kmem_cache_free_bulk",
  "kmalloc",
  "krealloc",
  "kfree",
  "validate",
  "shrink",
  "kmem_cache_destroy",
  "reset",
] as const;

export type Kind = (typeof KINDS)[number];

/** Operations of one kind in a row: `first` to `first + count - 1`. */
interface Phase {
  readonly kind: Kind;
  readonly first: number;
  readonly count: number;
}

export interface CostWorkload {
  readonly image: ProgramImage;
  readonly phases: readonly Phase[];
}

const OBJECTS = 96;
const BULK = 16;
const CACHE = 0;

/** The program for objects of that size. */
export function workloadOf(machine: Machine, size: number): CostWorkload {
  const draft = new Draft();
  const { image } = draft;
  image.newName();
  const slots = Array.from({ length: OBJECTS }, () => image.newSlot());
  const letters = bootLettersFor(machine, image.cacheName(CACHE), 0) & ~Letter.KMALLOC;
  draft.add("kmem_cache_create", 1, () => image.cache(CACHE, size, 0, 0, letters));
  draft.add("kmem_cache_alloc", OBJECTS, (i) => image.alloc(CACHE, slots[i]));
  // Every other object, then the rest: slabs go from full to partial to empty.
  draft.add("kmem_cache_free", OBJECTS / 2, (i) => image.free(CACHE, slots[2 * i]));
  draft.add("kmem_cache_alloc", OBJECTS / 2, (i) => image.alloc(CACHE, slots[2 * i], i % 2 === 0));
  draft.add("validate", 1, () => image.validate(CACHE));
  draft.add("kmem_cache_free", OBJECTS, (i) => image.free(CACHE, slots[(5 * i) % OBJECTS]));
  const bulks = OBJECTS / BULK;
  const bulk = (i: number) => Uint16Array.from(slots.slice(BULK * i, BULK * (i + 1)));
  draft.add("kmem_cache_alloc_bulk", bulks, (i) => image.bulkAllocSlots(CACHE, bulk(i)));
  draft.add("kmem_cache_free_bulk", bulks, (i) => image.bulkFree(CACHE, bulk(i)));
  draft.add("kmalloc", OBJECTS / 2, (i) => image.kmalloc(size, slots[i], i % 2 === 0));
  draft.add("krealloc", OBJECTS / 2, (i) => image.krealloc(slots[i], 0, size + 8 * i, slots[i]));
  draft.add("kfree", OBJECTS / 2, (i) => image.kfree(slots[i]));
  draft.add("shrink", 1, () => image.shrink(CACHE));
  draft.add("kmem_cache_destroy", 1, () => image.destroy(CACHE));
  return draft;
}

class Draft implements CostWorkload {
  readonly image = new ProgramImage();
  readonly phases: Phase[] = [];

  add(kind: Kind, count: number, write: (i: number) => void): void {
    this.phases.push({ kind, first: this.image.opCount, count });
    for (let i = 0; i < count; i++) write(i);
  }
}
