// What the core believes of itself, in two kinds. Each stands on one line, with its reason behind:
//
//   if (DEBUG) assert(cpu < CPU_MAX); // struct kmem_cache has room for so many
//   if (DEBUG && clean) assert(!is_frozen(page)); // partial lists hold thawed slabs only
//
// The first kind holds whatever a program wrote: indexes, translated addresses, the state of the
// machine around the heap. The second is about the heap, and holds while no program has written
// where it may not, or freed what is not its own. The host says when that is so: `expect_clean`.
//
// Only the debug build has them. In the others DEBUG is the constant false: asc compiles nothing of
// such a line, and the module is what it would be without it, byte for byte.

/** Whether this is the debug build: it looks for mistakes of the core itself. */
// @ts-ignore: decorator, and a constant of the debug target
@inline export const DEBUG: bool = isDefined(SLUB_ASSERTS);

/** Whether the programs that run make no mistakes, and so leave the heap in order. */
// @ts-ignore: decorator
@lazy export let clean: bool = false;

/** From here on programs make no mistakes (true), or any (false, as from the beginning). */
export function expect_clean(on: bool): void {
  clean = on;
}
