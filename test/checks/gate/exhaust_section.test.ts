// The section `exhaust` of the gate: green on the healthy core, red on cores that break a rule in
// few operations, and its findings are in every report.
import { describe, expect, it } from "vitest";
import { type GateRequest, runGate } from "../../../src/checks/gate/gate.ts";
import { type GateResult, hasPassed } from "../../../src/checks/gate/result.ts";
import { junitOf } from "../../../src/checks/output/junit.ts";
import { gateRecord, type LocatedFinding } from "../../../src/checks/output/located.ts";
import { markdownOf } from "../../../src/checks/output/markdown.ts";
import { sarifOf } from "../../../src/checks/output/sarif.ts";
import { gateLines } from "../../../src/checks/output/text.ts";
import { parseScript } from "../../../src/slub/program/text.ts";

const QUICK: GateRequest = { isQuick: true, seed: 1n, sections: ["exhaust"] };
/** Operations of the scope, and the line that makes the cache. */
const OPS_MAX = 4 + 1;

function located({ findings }: GateResult): readonly LocatedFinding[] {
  return findings.map((finding) => ({ ...finding, path: "out/program.slab", replay: "replay" }));
}

describe("the section exhaust", () => {
  it("passes the healthy core on every machine, in as many programs on each", async () => {
    const result = await runGate(QUICK);
    expect(hasPassed(result)).toBe(true);
    const [{ checks, cases }] = result.sections;
    expect(checks.map(({ name }) => name)).toContain("exhaust v7.3 FZP");
    expect(checks.every((check) => check.cases === cases / checks.length)).toBe(true);
  });

  it.each([
    ["inuse-not-decremented", /invariant slab-inuse/, "invariant/slab-inuse"],
    ["red-zone-one-byte-short", /invariant red-zone/, "invariant/red-zone"],
    ["one-object-too-many", /invariant/, "invariant/total-objects"],
  ])(
    "fails for the canary %s with a program of the scope, in every report",
    async (name, says, rule) => {
      const result = await runGate({ ...QUICK, target: `canary:${name}` });
      expect(hasPassed(result)).toBe(false);
      const findings = located(result);
      const [finding] = findings;
      expect(finding.signature).toMatch(says);
      expect(finding.status).toBe("new");
      const { ops } = parseScript(finding.reproducer.script, "shown.slab");
      expect(ops.length).toBeLessThanOrEqual(OPS_MAX);
      const reports = [
        gateLines(result, findings).join("\n"),
        junitOf(result, findings),
        markdownOf(result, findings),
        JSON.stringify(sarifOf(result, findings)),
        JSON.stringify(gateRecord(result, findings)),
      ];
      for (const report of reports) expect(report).toContain(finding.check);
      expect(reports[3]).toContain(`"ruleId":"${rule}"`);
    },
  );
});
