// The action in ways that take several runs of the gate each.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ActionProject, CANARY } from "../helper/action_project.ts";

let project: ActionProject;

beforeEach(() => {
  project = new ActionProject();
});

afterEach(() => project.end());

describe("the action", () => {
  it("gives a digest that stays with another seed and changes with what the checks show", () => {
    project.givenGate();
    const digestOf = (seed: string) => project.run({ seed, cache: "false" }).outputs.digest;
    const digest = digestOf("1");
    expect(digest).toMatch(/^[0-9a-f]{16}$/);
    expect(digestOf("2")).toBe(digest);
    project.makeRed();
    expect(digestOf("1")).not.toBe(digest);
  });

  it("fails for a finding, and again for its cached program until the baseline names it", () => {
    project.givenGate("invariants");
    const found = project.run(CANARY);
    expect([found.status, found.outputs.grown]).toEqual([1, "true"]);
    project.givenGate();
    const again = project.run(CANARY);
    expect([again.status, again.outputs.grown]).toEqual([1, "false"]);
    expect(again.text).toContain("shows invariant (none|-|nowhere|invariant misaligned at alloc)");
    expect(project.run({ quick: "true" }).status).toBe(0);
    project.givenBaseline("known", project.cachedSignature);
    expect(project.run({ ...CANARY, baseline: "known" }).status).toBe(0);
    expect(readdirSync(project.cacheFolder)).toEqual([]);
  });

  it("passes with findings where fail-on is none, and fails for known ones where it is any", () => {
    project.givenGate("invariants");
    project.givenBaseline("slabfuzz.baseline", "none|-|nowhere|invariant misaligned at alloc");
    const known = project.run({ ...CANARY, "fail-on": "any", cache: "false" });
    expect([known.status, known.text]).toEqual([1, expect.stringContaining("NEW: invariants")]);
    project.givenGate();
    project.makeRed();
    const statuses = ["new", "none"].map((failOn) => project.run({ "fail-on": failOn }).status);
    expect(statuses).toEqual([1, 0]);
  });

  it("runs a campaign, whose digest is that of the command", () => {
    project.givenConfig({ bugs: ["none"] });
    const { status, outputs } = project.run({ command: "fuzz", time: "1s", out: "found" });
    expect([status, outputs.sarif]).toEqual([0, undefined]);
    const { digest } = JSON.parse(
      readFileSync(join(project.folder, "found", "summary.json"), "utf8"),
    );
    expect(outputs.digest).toBe(digest);
  });
});
