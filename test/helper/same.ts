// Large values, compared fast: vitest's own comparison takes a second for some megabytes. It is
// asked where there is a difference, since it shows where.
import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";

export function expectSame(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual).toStrictEqual(expected);
}
