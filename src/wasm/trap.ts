// How a core can fail by itself: it traps, it calls an import that is not provided, or it recurses
// until there is no stack left.

/** A core called one of its imports, which only throw. */
export class CalledOut extends Error {
  override readonly name = "CalledOut";
}

/** Whether what was thrown while a core ran is the core's own doing. */
export function isTrap(error: unknown): boolean {
  if (error instanceof WebAssembly.RuntimeError || error instanceof CalledOut) return true;
  return error instanceof RangeError && /call stack/.test(error.message);
}
