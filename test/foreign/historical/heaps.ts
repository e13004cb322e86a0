// The heaps in which the mistakes are made, and what a module of each exports.

const C = ["malloc", "free", "calloc", "realloc"] as const;
/** Functions that are told sizes and alignments. */
const SIZED = ["alloc", "dealloc", "realloc"] as const;

/** The file of a heap in heaps/, and the functions of it that the module exports. */
export const HEAPS = {
  list: { file: "list", exports: C },
  regions: { file: "regions", exports: C },
  tlsf: { file: "tlsf", exports: C },
  "tlsf with alignments": {
    file: "tlsf",
    exports: ["alloc", "dealloc", "reallocAligned as realloc"],
  },
  boundary: { file: "boundary", exports: [...C, "aligned_alloc"] },
  classes: { file: "classes", exports: C },
  holes: { file: "holes", exports: SIZED },
  pages: { file: "pages", exports: SIZED },
  collector: { file: "collector", exports: ["malloc", "free"] },
} as const;

export type HeapName = keyof typeof HEAPS;
