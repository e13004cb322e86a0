// `assert` is for our own mistakes. A caller's mistakes are UserErrors; the mistakes
// of the program under test are findings.

/** Thrown when an assertion fails: a bug in slabfuzz. */
export class AssertionFailure extends Error {
  override readonly name = "AssertionFailure";
}

/** States what must hold, and why. */
export function assert(condition: boolean, why: string): asserts condition {
  if (!condition) throw new AssertionFailure(why);
}

/** Ends a switch over a union: the compiler objects when an arm is missing. */
export function unreachable(value: never): never {
  throw new AssertionFailure(`unexpected value: ${JSON.stringify(value)}`);
}
