// What `npm test` tries a part of, and test:deep all of (vitest.deep.config.ts).

/** Whether everything is tried. */
export const TRIES_ALL = process.env.SLABFUZZ_WHOLE === "1";

/** One in so many, from the one with number `first` on; all where everything is tried. */
export function partOf<T>(all: readonly T[], oneIn: number, first = 0): readonly T[] {
  return all.filter((_, i) => TRIES_ALL || i % oneIn === first % oneIn);
}
