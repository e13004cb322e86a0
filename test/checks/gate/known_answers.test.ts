// The sections that compare a core with stored knowledge: its answers to the golden programs, and
// the cost of its operations. Each detects a planted change, and passes without one.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  baselineText,
  type CostBaseline,
  parseCostBaseline,
} from "../../../src/checks/cost/baseline.ts";
import { COST_SETTINGS, measureCost } from "../../../src/checks/cost/measure.ts";
import { type GateRequest, runGate } from "../../../src/checks/gate/gate.ts";
import { GoldenAsker, type GoldenDigests, goldenSets } from "../../../src/checks/gate/golden.ts";
import { isFailure } from "../../../src/checks/gate/result.ts";
import { type Player, StressPlayer } from "../../../src/checks/golden/player.ts";
import { parseCore } from "../../../src/slub/named_core.ts";
import { parseScript } from "../../../src/slub/program/text.ts";
import { patched } from "../../../src/wasm/rewrite.ts";
import { mutableCore, ownMutants } from "../../helper/mutable_core.ts";
import { codeOf, namedCore, PLANTED_LOAD } from "../../helper/named_core.ts";

const GOLDEN: GateRequest = { isQuick: true, sections: ["golden"] };
const COST: GateRequest = { isQuick: true, sections: ["cost"] };
/** Operations that a program has at most that a person is shown. */
const SHORT = 10;

let folder: string;
/** What the core answers to the quick sets. test/deep/golden.deep.ts asks the others. */
let digests: GoldenDigests;
let costs: CostBaseline;

function isQuick(set: Player): boolean {
  return !(set instanceof StressPlayer);
}

function targetOf(name: string, bytes: Uint8Array): string {
  const path = join(folder, `${name}.wasm`);
  writeFileSync(path, bytes);
  return path;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "slabfuzz-known-"));
  const asker = new GoldenAsker(parseCore("slub"));
  digests = new Map(
    goldenSets().map((set) => [set.name, isQuick(set) ? asker.ask(set) : "0".repeat(16)]),
  );
  costs = parseCostBaseline(baselineText(measureCost(namedCore().bytes)), "x");
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the golden programs", () => {
  const golden = () => ({ path: "known.json", digests });

  it("get the same answers from another build of the same core", async () => {
    const target = targetOf("same", namedCore().bytes);
    const { findings, sections } = await runGate({ ...GOLDEN, target, golden: golden() });
    expect(findings).toEqual([]);
    const quick = goldenSets().filter(isQuick);
    expect(sections[0].checks.map(({ name }) => name)).toEqual(quick.map(({ name }) => name));
    expect(quick.length).toBeGreaterThan(100);
  });

  it("detect, with a short program, a core that keeps one empty slab more", async () => {
    const module = mutableCore();
    const [mutant] = ownMutants(module).filter(({ id }) => id.startsWith("over_min_partial ge_u"));
    const target = targetOf("keeps", patched(module.file, mutant.patches));
    const { findings } = await runGate({ ...GOLDEN, target, golden: golden() });
    expect(findings.map(({ status }) => status)).toEqual(["gate"]);
    const [{ message, reproducer, count }] = findings;
    expect(message).toContain(`answered otherwise than in known.json`);
    expect(message).toContain(`slabfuzz golden ${target} --update`);
    expect(count).toBeGreaterThan(1);
    expect(reproducer.operations).toBeLessThanOrEqual(SHORT);
    expect(reproducer.operations).toBeLessThan(reproducer.operationsBefore);
    expect(parseScript(reproducer.script, "x").header.target).toBe(target);
  });

  it("are refused in another version, with the name of the file", async () => {
    const strange = { path: "old.json", digests: new Map([["gone", "0123456789abcdef"]]) };
    await expect(runGate({ ...GOLDEN, golden: strange })).rejects.toThrow(
      /^old\.json: lacks \d+ of \d+ entries/,
    );
  });

  it("are left out where no answers are stored, or the core is wrong on purpose", async () => {
    const unknown = await runGate(GOLDEN);
    expect(unknown.sections[0].skipped).toBe(
      "there are no digests (slabfuzz golden slub --update writes one)",
    );
    const canary = await runGate({ ...GOLDEN, target: "canary:empty-slab-lost", golden: golden() });
    expect(canary.sections[0].skipped).toContain("on purpose");
  });
});

describe("the cost check", () => {
  const cost = (tolerance = 0) => ({ path: "cost.json", baseline: costs, tolerance });

  /** The named core, with a load more in every kmem_cache_free. */
  function loaded(): string {
    const file = namedCore();
    const at = codeOf(file, "kmem_cache_free");
    return targetOf("loaded", patched(file, [{ at, end: at, bytes: PLANTED_LOAD }]));
  }

  it("passes for the same core", async () => {
    const target = targetOf("same", namedCore().bytes);
    const { findings, sections } = await runGate({ ...COST, target, cost: cost() });
    expect(findings).toEqual([]);
    expect(sections[0].checks.length).toBe(COST_SETTINGS.length);
  });

  it("detects one more load in every free, at the first free of its program", async () => {
    const { findings } = await runGate({ ...COST, target: loaded(), cost: cost() });
    expect(findings.filter(isFailure).length).toBe(1);
    const [{ message, reproducer, signature }] = findings;
    expect(signature).toBe("cost|-|-|kmem_cache_free dearer");
    expect(message).toMatch(
      /^cost \+[\d.]+ % in kmem_cache_free, \S+, \d+ B \(.*loads .*cost.json/,
    );
    const line = reproducer.script.split("\n")[reproducer.line - 1];
    expect(line).toMatch(/^free /);
  });

  it("lets the cost rise as far as the tolerance goes", async () => {
    const { findings } = await runGate({ ...COST, target: loaded(), cost: cost(0.5) });
    expect(findings).toEqual([]);
  });

  it("reports a finding where a core traps, because its cost cannot be counted", async () => {
    const module = mutableCore();
    const at = codeOf(module.file, "kmem_cache_free");
    const unreachable = [0x00];
    const target = targetOf("trap", patched(module.file, [{ at, end: at, bytes: unreachable }]));
    const { findings } = await runGate({ ...COST, target, cost: cost() });
    expect(findings.map(({ signature }) => signature)).toEqual(["cost|-|-|cannot be counted"]);
  });
});
