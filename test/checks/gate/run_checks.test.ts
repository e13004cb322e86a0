// The gate's fast part passes on the healthy core and fails on every deliberate bug.
import { describe, expect, it } from "vitest";
import type { CheckResult } from "../../../src/checks/gate/check.ts";
import { fastChecks, sheafChecks } from "../../../src/checks/gate/plan.ts";
import { runChecks } from "../../../src/checks/gate/run_checks.ts";
import { loadModule } from "../../../src/slub/core/load.ts";
import { CANARY_NAMES, coreOfModule, parseCore } from "../../../src/slub/named_core.ts";
import { partOf } from "../../helper/part_of.ts";

/** This canary never ends, so that it needs a watchdog: see test/deep/gate.deep.ts. */
const ENDLESS = "merge-walk-stands-still";
const TRIED = CANARY_NAMES.filter((name) => name !== ENDLESS);
/** The gate itself tries them all. */
const CANARIES = partOf(TRIED, 4);

function failures(results: Iterable<CheckResult>): readonly CheckResult[] {
  return [...results].filter(({ passed }) => !passed);
}

/** One check of four: what holds of a check does not depend on its options. */
const SOME_CHECKS = fastChecks().filter((_, i) => i % 4 === 0);

describe("the healthy core", () => {
  const results = [...runChecks(parseCore("slub"), fastChecks())];

  it("passes every check, and every check runs all its cases", () => {
    expect(failures(results)).toEqual([]);
    expect(results.map(({ cases }) => cases)).toEqual(fastChecks().map(({ cases }) => cases));
  });

  it("passes as a module without a known name", () => {
    const target = coreOfModule("a module of the test", loadModule("release"));
    expect(failures(runChecks(target, SOME_CHECKS))).toEqual([]);
  });

  it("gives the same result twice", () => {
    const once = results.filter((_, i) => i % 4 === 0);
    expect([...runChecks(parseCore("slub"), SOME_CHECKS)]).toEqual(once);
  });
});

describe.each(CANARIES)("the target canary:%s", (name) => {
  it("fails a check, and the check names what it saw", () => {
    const options = { endsAtFinding: true };
    const checks = [...fastChecks(), ...sheafChecks()];
    const [first] = failures(runChecks(parseCore(`canary:${name}`), checks, options));
    expect(first?.findings.length).toBe(1);
    expect(first.findings[0].signature).not.toMatch(/harness-error/);
  });
});

describe("a core that cannot even begin", () => {
  // An empty function body that traps at once stands in for every export.
  it("is a finding, not an error", () => {
    const target = coreOfModule("a core that traps", trappingCore());
    const [result] = runChecks(target, fastChecks());
    expect([result.passed, result.findings[0].signature]).toEqual([
      false,
      "none|-|-|invariant trap",
    ]);
  });
});

/** A module without any exports: the first address that is asked of it is not there. */
function trappingCore(): WebAssembly.Module {
  const start = [8, 1, 0];
  const body = [10, 5, 1, 3, 0, 0x00, 0x0b];
  const bytes = [
    0,
    0x61,
    0x73,
    0x6d,
    1,
    0,
    0,
    0,
    1,
    4,
    1,
    0x60,
    0,
    0,
    3,
    2,
    1,
    0,
    ...start,
    ...body,
  ];
  return new WebAssembly.Module(Uint8Array.from(bytes));
}
