// Finds what is planted in a module, and shrinks the program that shows it.
import { expect } from "vitest";
import { ForeignEngine } from "../../src/module/engine.ts";
import { loadForeign } from "../../src/module/load/load.ts";
import { opsOf } from "../../src/module/program/op.ts";
import { type ForeignShrink, shrinkForeign } from "../../src/module/shrink.ts";
import { type Mistake, plantedModule } from "./planted.ts";

/** Within so many cases each of the mistakes shows. */
export const CASES_MAX = 200;

export function engineFor(mistake: Mistake): ForeignEngine {
  const { module, plan } = loadForeign({ target: plantedModule(mistake) });
  const shape = { bugs: ["none" as const], twins: false, sizes: undefined, opCountMax: 1000 };
  return new ForeignEngine({ module, plan }, { ...shape, seed: { high: 0, low: 7 } });
}

/** The first finding, shrunk, and the case that it came from. */
export function findAndShrink(
  engine: ForeignEngine,
  cases: number = CASES_MAX,
): ForeignShrink | undefined {
  for (let number = 0; number < cases; number++) {
    engine.run(number);
    expect(engine.error).toBeUndefined();
    if (engine.verdict === "ok") continue;
    const ops = opsOf(engine.generate(number));
    return shrinkForeign(engine, { choice: { target: "planted" }, bug: "none", comments: [], ops });
  }
  return undefined;
}

/** What each mistake shows as: the family of rules. */
export const SYMPTOMS: Readonly<Record<Exclude<Mistake, "none" | "merges">, string>> = {
  "copies the new size": "corrupt",
  "size wraps around": "granted-too-much",
  "list breaks beyond 16 MiB": "corrupt",
  "forgets to grow": "corrupt",
  "split below the minimum": "corrupt",
  "never reuses": "not-reused",
  "calloc does not clear": "not-zeroed",
  "grows over its neighbour": "corrupt",
  "loops for ever": "corrupt",
  "never reuses small blocks": "not-reused",
  "loses small rests": "not-reused",
  "finds powers of two": "not-reused",
  "realloc loses the old block": "not-reused",
  "refusal loses memory": "not-reused",
  "realloc frees what it keeps": "corrupt",
  "realloc does not merge": "not-reused",
  "does not look whether memory grew": "corrupt",
  "repeats itself at the 300th call": "corrupt",
  "repeats itself beyond 40 blocks": "corrupt",
};

const OPERATIONS_MAX = 8;

export function expectFound(mistake: keyof typeof SYMPTOMS): void {
  const shrunk = findAndShrink(engineFor(mistake));
  expect(shrunk?.verdict).toBe("invariant");
  expect(shrunk?.signature).toMatch(new RegExp(`\\|invariant ${SYMPTOMS[mistake]}$`));
  expect(shrunk?.program.ops.length).toBeLessThanOrEqual(OPERATIONS_MAX);
}
