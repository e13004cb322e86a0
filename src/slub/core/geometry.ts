// The geometry of a cache: what kmem_cache_create() makes of a size, an alignment and flags. The
// core is asked, on a machine that is reset for it.
import { Status } from "../../abi.ts";
import { bootLettersFor } from "../program/boot.ts";
import { ProgramImage } from "../program/image.ts";
import { lettersOfFlags } from "../program/letters.ts";
import type { SlabHeap } from "./heap.ts";
import { type CacheFields, readCache } from "./kmem_cache.ts";

/** A cache to be measured. */
export interface CacheForm {
  readonly size: number;
  readonly align: number;
  /** Canonical flags. */
  readonly flags: string;
  readonly ctor: boolean;
  /** For the boot parameter's name lists. */
  readonly name?: string;
}

/**
 * The fields of a fresh cache; undefined if the kernel refuses the size. The heap's program is
 * replaced and what it holds is lost.
 */
export function measureCache(heap: SlabHeap, form: CacheForm): CacheFields | undefined {
  const letters = lettersOfFlags(form.flags, form.ctor);
  const bootLetters = bootLettersFor(heap.machine, form.name ?? "geom", letters);
  const image = new ProgramImage();
  image.cache(image.newName(form.name), form.size, form.align, letters, bootLetters);
  heap.load(image);
  heap.reset();
  heap.run(0, 1);
  const { status, valueLow } = heap.result(0);
  const isThere = status === Status.CREATED || status === Status.MERGED;
  return isThere ? readCache(heap, valueLow) : undefined;
}
