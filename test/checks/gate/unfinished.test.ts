// Sections of the gate whose workers lose every job: a job that is lost for lack of time is no
// finding, and a job that is lost twice by what it does is a finding.
import { describe, expect, it } from "vitest";
import { parseCostBaseline } from "../../../src/checks/cost/baseline.ts";
import { canarySection } from "../../../src/checks/gate/canary_section.ts";
import { checkSection } from "../../../src/checks/gate/check_section.ts";
import { CoreGateTarget } from "../../../src/checks/gate/core_gate_target.ts";
import { parseEntry } from "../../../src/checks/gate/corpus.ts";
import { corpusSection } from "../../../src/checks/gate/corpus_section.ts";
import { costSection } from "../../../src/checks/gate/cost_section.ts";
import { exhaustSection } from "../../../src/checks/gate/exhaust_section.ts";
import { fuzzSection } from "../../../src/checks/gate/fuzz_section.ts";
import { goldenPlayers } from "../../../src/checks/gate/golden.ts";
import { goldenSection } from "../../../src/checks/gate/golden_section.ts";
import { fastChecks } from "../../../src/checks/gate/plan.ts";
import type { SectionOutcome, SectionRequest } from "../../../src/checks/gate/section.ts";
import type { GatePool } from "../../../src/checks/gate/workers.ts";
import { gateRecord } from "../../../src/checks/output/located.ts";
import { gateLines } from "../../../src/checks/output/text.ts";
import type { LostJob } from "../../../src/pool/job.ts";
import { parseCore } from "../../../src/slub/named_core.ts";
import { GREEN } from "../../helper/gate_result.ts";

const LOST: Omit<LostJob, "isConfirmed"> = {
  ...{ kind: "lost", how: "hung", index: 3, reason: "it slept 120000 ms", stoodStill: true },
};

/** The input of a section whose workers lose every job. */
function requestFor(isConfirmed: boolean): SectionRequest {
  const run = async () => ({ ...LOST, isConfirmed });
  const map = async (items: readonly unknown[], work: (item: unknown) => Promise<unknown>) =>
    Promise.all(items.map(work));
  const each = async (take: () => unknown, work: (item: unknown) => Promise<void>) => work(take());
  const pool = { run, tryOnce: run, map, each } as unknown as GatePool;
  return { target, pool, signal: undefined, onProgress: () => {} };
}

const target = new CoreGateTarget(parseCore("slub"));
const checks = fastChecks().slice(0, 2);
const [set] = goldenPlayers();
const golden = { path: "known.json", digests: new Map([[set.name, "0123456789abcdef"]]) };
const corpus = [await parseEntry("# expect: ok\ncache c 64 0 -\nalloc c a\n", "corpus/a.slab")];
const cost = {
  path: "cost.json",
  baseline: parseCostBaseline('{"version":1,"rows":{}}', "x"),
  tolerance: 0,
};
const campaign = { timeMs: 1000, slices: target.slices(1n, [{ bugs: ["none"] }]) };

const SECTIONS: Readonly<Record<string, (request: SectionRequest) => Promise<SectionOutcome>>> = {
  invariants: (request) => checkSection("invariants", ["invariants"], checks, request),
  canaries: (request) => canarySection(checks, request),
  exhaust: (request) => exhaustSection(true, request),
  golden: (request) => goldenSection(golden, false, request),
  cost: (request) => costSection(cost, request),
  corpus: (request) => corpusSection(corpus, request),
  fuzz: (request) => fuzzSection(campaign, request),
};

describe.each(Object.entries(SECTIONS))("the section %s", (name, run) => {
  it("is unfinished where its jobs could not finish, and reports no finding", async () => {
    const { result, findings } = await run(requestFor(false));
    expect(findings).toEqual([]);
    expect(result.checks.length).toBeGreaterThan(0);
    for (const { passed, signatures, unfinished } of result.checks) {
      expect([passed, signatures]).toEqual([false, []]);
      expect(unfinished).toBe("could not finish in its time (case 3: it slept 120000 ms)");
    }
  });

  it("reports a finding of the target where a job was lost twice by what it did", async () => {
    const { result, findings } = await run(requestFor(true));
    expect(result.checks.every(({ unfinished }) => unfinished === undefined)).toBe(true);
    if (name === "canaries") expect(result.checks.every(({ passed }) => passed)).toBe(true);
    else expect(findings.length).toBeGreaterThan(0);
  });
});

describe("a gate that is not finished", () => {
  it("tells so, has not passed, and does not ask for new files", async () => {
    const { result } = await SECTIONS.golden(requestFor(false));
    const all = { ...GREEN, sections: [...GREEN.sections, result] };
    const text = gateLines(all, []).join("\n");
    expect(text).toMatch(/^not finished: 1 check could not finish in time/m);
    expect(text).not.toContain("--update");
    expect(gateRecord(all, [])).toMatchObject({ passed: false });
  });

  it("tells which program hung where the target hangs at a golden one", async () => {
    const { findings } = await SECTIONS.golden(requestFor(true));
    const [{ finding, message }] = findings;
    expect(finding.signature).toBe("none|-|-|invariant hung");
    expect(message).toContain(`${set.name}, program 3: This case did not end`);
  });
});
