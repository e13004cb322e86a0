// Reports that are one line, in the words of all versions: what the allocator says of an address,
// of a cache or of its counters without a title, and what the crash tool says of a free list.
import { sizeOfName } from "../damage/object_size.ts";
import type { Report } from "../report.ts";
import { pointerOf } from "./numbers.ts";
import { longPattern } from "./pattern.ts";

type Parts = Partial<Report> & Pick<Report, "check" | "kind">;
type Reader = (match: RegExpExecArray) => Parts;

const WRONG_CACHE = longPattern(
  String.raw`(?:cache_from_obj: |Wrong slab cache\. ){1,2}(\S{1,60}) but object`,
  String.raw`(?: is from (\S{1,60}))?`,
);
/** From 7.1 on: the cache that was asked, the object, and the cache that it is of. */
const BAD_FREE = longPattern(
  String.raw`\bkmem_cache_free\((\S{1,60}), (?:0x)?([0-9a-f]{8,16})\): object `,
  String.raw`(?:is not in a slab page|belongs to different cache (\S{1,60}))`,
);
const LARGE_FREE = /\bWARNING: .{0,60}\bfree_large_kmalloc\b/;
const STILL_HAS = longPattern(
  String.raw`\bkmem_cache_destroy (\S{1,60}): Slab cache still has objects`,
  String.raw`|^SLUB (\S{1,60}): kmem_cache_destroy called for cache that still has objects`,
);
/** Before 3.5. */
const NO_SLAB = /^SLUB <none>: no slab for object (?:0x)?([0-9a-f]{8,16})/;
const COUNTED = /^SLUB:? (\S{1,60}?):? -?\d+ (?:(partial) )?slabs counted but counter=-?\d+/;
const FREE_POINTER = longPattern(
  String.raw`^kmem: (\S{1,60}): .{0,40}?slab: ?(?:[0-9a-f]{8,16})`,
  String.raw`.{0,40}? invalid freepointer: ?([0-9a-f]{1,16})\b`,
);

const READERS: readonly (readonly [RegExp, Reader])[] = [
  [
    WRONG_CACHE,
    ([, cache, owner]) => {
      const words = { check: "wrong-cache", kind: "Wrong slab cache" } as const;
      return { ...words, cache, objectSize: sizeOfName(owner) };
    },
  ],
  [BAD_FREE, badFree],
  [LARGE_FREE, () => ({ check: "kfree-page", kind: "free of a page that is no large object" })],
  [
    STILL_HAS,
    ([, cache, old]) => {
      const kind = "Slab cache still has objects";
      return { check: "remaining", kind, cache: cache ?? old };
    },
  ],
  [
    NO_SLAB,
    ([, address]) => ({
      check: "pointer",
      kind: "No slab for object",
      object: pointerOf(address),
    }),
  ],
  [
    COUNTED,
    ([, cache, partial]) => {
      const kind = `Wrong number of ${partial === undefined ? "" : "partial "}slabs`;
      return { check: "count", kind, cache };
    },
  ],
  [
    FREE_POINTER,
    ([, cache, value]) => {
      const words = { check: "free-pointer", kind: "invalid freepointer" } as const;
      return { ...words, cache, freePointer: pointerOf(value), isOfDump: true };
    },
  ],
];

function badFree([, cache, address, owner]: RegExpExecArray): Parts {
  const isOther = owner !== undefined;
  return {
    check: isOther ? "wrong-cache" : "kfree-page",
    kind: isOther ? "Wrong slab cache" : "Object is not in a slab page",
    cache,
    object: pointerOf(address),
    objectSize: sizeOfName(owner),
  };
}

/** What a line reports by itself; undefined for all other lines. */
export function oneLineReport(text: string): Parts | undefined {
  for (const [pattern, read] of READERS) {
    const match = pattern.exec(text);
    if (match !== null) return read(match);
  }
  return undefined;
}
