// A rule that is switched off stays off wherever a finding goes: its folder, its token, a shorter
// program.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fuzz } from "../../src/campaign/fuzz.ts";
import { resolveKernelSource } from "../../src/cli/source.ts";
import { machineFor } from "../../src/slub/program/boot.ts";
import { judgeProgram } from "../../src/slub/run/case.ts";

interface FindingRecord {
  readonly signature: string;
  readonly verdict: string;
  readonly token: string;
  readonly invariants: string;
}

let folder = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "slabfuzz-rules-"));
  // Its red zones are one byte short: a check that is bound to see that byte says nothing.
  await fuzz({
    target: "canary:red-zone-one-byte-short",
    machine: { slubDebug: "FZ" },
    bugs: ["off-by-one"],
    invariants: { "silent-check": 0 },
    seed: 1n,
    opCountMax: 40,
    cases: 200,
    out: folder,
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function findings(): (FindingRecord & { readonly path: string })[] {
  const names = readdirSync(folder, { withFileTypes: true }).filter((one) => one.isDirectory());
  return names.map(({ name }) => {
    const path = join(folder, name);
    return { path, ...JSON.parse(readFileSync(join(path, "finding.json"), "utf8")) };
  });
}

async function shownBy(word: string, withRules = true): Promise<string> {
  const source = await resolveKernelSource(word, "");
  const { program, invariants } = source;
  const rules = withRules ? invariants : undefined;
  return judgeProgram(program, machineFor(program), source.newHeap(), rules).signature;
}

describe("a finding of a campaign with a rule switched off", () => {
  it("tells so, and does not come from that rule", () => {
    expect(findings().map(({ verdict }) => verdict)).toContain("escaped");
    for (const { invariants, verdict } of findings()) {
      expect(invariants).toBe("silent-check=off");
      expect(verdict).not.toBe("invariant");
    }
  });

  it("replays without the rule, from its folder and from its token", async () => {
    for (const { path, token, signature } of findings()) {
      expect([await shownBy(path), await shownBy(token)]).toEqual([signature, signature]);
    }
  });

  it("would get another verdict with the rule", async () => {
    const strict = await Promise.all(findings().map(({ path }) => shownBy(path, false)));
    expect(strict.filter((signature) => signature.includes("silent-check"))).not.toEqual([]);
  });
});
