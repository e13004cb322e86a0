// A core from a file that breaks no rule, and gives other answers than the shipped core: campaigns
// of clean programs run some programs on both cores.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type FuzzRequest, fuzz } from "../../src/campaign/fuzz.ts";
import { pathOfCore } from "../../src/targets/core_files.ts";
import { programOfScript, programOfToken } from "../../src/targets/targets.ts";
import { patched } from "../../src/wasm/rewrite.ts";
import { mutableCore, ownMutants } from "../helper/mutable_core.ts";

const RULE = "invariant other-answer";
const folder = mkdtempSync(join(tmpdir(), "slabfuzz-other-answer-"));
afterAll(() => rmSync(folder, { recursive: true }));

const module = mutableCore();

/** A core with one slip, in a file. */
function slipped(id: string): string {
  const mutant = ownMutants(module).find((one) => one.id.startsWith(id));
  const path = join(folder, `${id.replaceAll(/\W/g, "_")}.wasm`);
  writeFileSync(path, patched(module.file, mutant!.patches));
  return path;
}

function campaign(request: FuzzRequest) {
  return fuzz({ seed: 1n, bugs: ["none"], cases: 600, jobs: 1, ...request });
}

describe("a campaign of clean programs on a core from a file", () => {
  it("finds a slip that breaks no rule, and shows it by token and shrunk program", async () => {
    const target = slipped("set_partial_limits const 31->32");
    const out = join(folder, "found");
    const { summary } = await campaign({ target, out });
    const [finding] = summary.findings;
    expect(finding).toMatchObject({ verdict: "invariant", stable: true });
    expect(finding.signature).toContain(RULE);
    const shown = await (await programOfToken(finding.token)).judge();
    expect([shown.verdict, shown.signature]).toEqual(["invariant", finding.signature]);
    const file = join(finding.folder ?? "", "shrunk.slab");
    const text = readFileSync(file, "utf8");
    const shrunk = await programOfScript({ name: file, file, text });
    expect((await shrunk.judge()).signature).toBe(finding.signature);
    expect(shrunk.opCount).toBeLessThan(30);
    expect((await shrunk.onAnyCore().judge()).verdict).toBe("ok");
  });

  it("passes for the same core in other bytes, and gives the core's own digest", async () => {
    const same = await campaign({ target: pathOfCore("mutable") });
    expect(same.summary.findings).toEqual([]);
    const { digest } = (await campaign({ target: "slub" })).summary;
    expect(same.summary.digest).toBe(digest);
  });

  it("compares every case, or none, on request", async () => {
    const target = slipped("over_min_partial ge_u");
    const all = await campaign({ target, cases: 400, invariants: { "other-answer": 1 } });
    expect(all.summary.findings.map(({ signature }) => signature)).toEqual([
      expect.stringContaining(RULE),
    ]);
    const none = await campaign({ target, cases: 400, invariants: { "other-answer": 0 } });
    expect(none.summary.findings).toEqual([]);
  });
});
