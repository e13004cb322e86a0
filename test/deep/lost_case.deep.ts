// A case that never ends, and one that traps: both are found, both have their program, and neither
// ends the campaign.
import { beforeAll, describe, expect, it } from "vitest";
import { type FuzzRequest, type FuzzResult, fuzz } from "../../src/campaign/fuzz.ts";
import { programOfToken } from "../../src/targets/targets.ts";

const PLAIN: FuzzRequest = { machine: { slubDebug: "-" }, bugs: ["none"], seed: 1n };

/** One of the first of this seed walks along merged caches, which is what does not end. */
const CASES = 100;

describe("a case that never ends", () => {
  const HANGING: FuzzRequest = {
    ...PLAIN,
    seed: 2n,
    target: "canary:merge-walk-stands-still",
    cases: CASES,
    timeoutMs: 400,
  };
  let one: FuzzResult;
  let replaced = 0;

  // Each case that hangs costs its time, so that one campaign serves the tests.
  beforeAll(async () => {
    const onProgress: FuzzRequest["onProgress"] = ({ workers }) => {
      replaced = workers.replaced;
    };
    one = await fuzz({ ...HANGING, jobs: 1, onProgress });
  });

  it("is a finding with its program, and all other cases are run", async () => {
    const { summary, isFinished } = one;
    const [finding, ...others] = summary.findings;
    expect(others).toEqual([]);
    expect(finding.signature).toBe("none|-|-|invariant hung");
    expect([finding.verdict, finding.impact]).toEqual(["invariant", "hang"]);
    expect(finding.count).toBeGreaterThan(0);
    expect((await programOfToken(finding.token)).opCount).toBe(finding.operations);
    const { invariant, ok } = summary.verdicts["none"];
    expect([invariant, ok]).toEqual([finding.count, CASES - finding.count]);
    expect([summary.cases, isFinished]).toEqual([CASES, true]);
  });

  it("gives the same result on any number of workers", async () => {
    const two = await fuzz({ ...HANGING, jobs: 2 });
    expect(two.summary.digest).toBe(one.summary.digest);
    expect(two.summary.findings).toEqual(one.summary.findings);
  });

  it("costs two workers: its own and the one that tries again", () => {
    expect(replaced).toBe(2 * one.summary.findings[0].count);
  });

  it("does not occur on the healthy core", async () => {
    const { summary } = await fuzz({ ...HANGING, target: "slub" });
    expect([summary.cases, summary.findings]).toEqual([CASES, []]);
  });
});

it("a case that traps is a finding in each run", async () => {
  const { summary } = await fuzz({ ...PLAIN, target: "canary:third-name-traps", cases: 300 });
  const [finding] = summary.findings;
  expect([summary.cases, summary.findings.length]).toEqual([300, 1]);
  expect([finding.signature, finding.stable]).toEqual(["none|-|-|invariant trap", true]);
});
