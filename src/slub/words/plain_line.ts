// Lines that stand alone: no frame, no splat.
import { Line } from "../../abi.ts";
import type { KernelEvent } from "../core/event.ts";
import type { CacheLookup } from "../run/recorder.ts";
import { STACK_MISSING } from "./kernels/common.ts";
import type { Words } from "./kernels/index.ts";
import { prefixedPointer, signed } from "./pointer.ts";

/** The lines of a LINE event. */
export function plainLines(event: KernelEvent, words: Words, caches: CacheLookup): string[] {
  const cache = caches.nameOf(event.cache);
  const line = event.code as Line;
  switch (line) {
    case Line.PARTIAL_SLABS_COUNTED:
      return [
        `SLUB ${cache}: ${signed(event.x)} partial slabs counted but counter=${signed(event.y)}`,
      ];
    case Line.SLABS_COUNTED:
      return [`SLUB: ${cache} ${signed(event.x)} slabs counted but counter=${signed(event.y)}`];
    case Line.CACHE_STILL_HAS_OBJECTS:
      return [`kmem_cache_destroy ${cache}: Slab cache still has objects`];
    case Line.NO_SLAB_FOR_OBJECT:
      return [`SLUB <none>: no slab for object ${prefixedPointer(event.a, words)}.`];
    case Line.OUT_OF_MEMORY:
      return outOfMemoryLines(event, words, caches);
    case Line.OBJECT_POINTER:
      return [`object pointer: ${prefixedPointer(event.a, words)}`];
    case Line.LIST_BROKEN:
      return [`slabfuzz: a slab list of ${cache} leaves memory or never ends`];
    case Line.STACK_TRACE_MISSING:
      return [STACK_MISSING];
    default:
      return unknownLine(line);
  }
}

function unknownLine(line: never): string[] {
  return [`line ${line}`];
}

function outOfMemoryLines(event: KernelEvent, words: Words, caches: CacheLookup): string[] {
  const fields = caches.fieldsOf(event.cache);
  return [
    `SLUB: Unable to allocate memory on node -1${words.allocationFlags}`,
    `  cache: ${caches.nameOf(event.cache)}, object size: ${fields.objectSize}, ` +
      `buffer size: ${fields.size}, default order: ${fields.order}, min order: ${fields.minOrder}`,
    `  node 0: slabs: ${event.x}, objs: ${event.y}, free: ${event.z}`,
  ];
}
