// A whole run of the gate: on cores from other builds, on canaries, and without a case to run.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseEntry } from "../../../src/checks/gate/corpus.ts";
import { type GateRequest, runGate } from "../../../src/checks/gate/gate.ts";
import { type GateResult, isFailure, ranNothing } from "../../../src/checks/gate/result.ts";
import { brokenCore, type Spoiling } from "../../helper/broken_core.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "slabfuzz-gate-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const QUICK: GateRequest = { isQuick: true, seed: 1n, fuzzMs: 200 };
const INVARIANTS: GateRequest = { ...QUICK, sections: ["invariants"] };
/** Operations that a program has at most that a person is shown. */
const SHORT = 10;

function targetOf(spoiling: Spoiling): string {
  const path = join(folder, `${spoiling.replaceAll(" ", "-")}.wasm`);
  writeFileSync(path, brokenCore(spoiling));
  return path;
}

describe("a core built from other sources", () => {
  it("is a finding when it traps", async () => {
    const { findings } = await runGate({ ...INVARIANTS, target: targetOf("traps") });
    expect(findings.map(({ signature }) => signature)).toEqual(["none|-|-|invariant trap"]);
    expect(findings[0].message).toContain("trapped");
  });

  it("traps when it calls an import that has no implementation", async () => {
    const { findings } = await runGate({ ...INVARIANTS, target: targetOf("calls out") });
    expect(findings.map(({ signature }) => signature)).toEqual(["none|-|-|invariant trap"]);
  });

  it("is a finding when it exhausts memory", async () => {
    const { findings } = await runGate({ ...INVARIANTS, target: targetOf("eats memory") });
    expect(findings.map(({ signature }) => signature)).toContain("none|-|-|invariant eats-memory");
  });

  it("is refused before any case runs when it lacks an export", async () => {
    const target = targetOf("lacks an export");
    await expect(runGate({ ...INVARIANTS, target })).rejects.toThrow(
      `${target}: is no core, it does not export function extra_bytes (a module with an ` +
        `allocator of its own is for slabfuzz fuzz --target ${target})`,
    );
  });
});

describe("a canary", () => {
  const misaligned = "canary:merge-ignores-alignment";
  let known: GateResult;

  beforeAll(async () => {
    known = await runGate({ ...INVARIANTS, target: misaligned });
  });

  function expectShortProgram({ findings }: GateResult, shown: RegExp): void {
    const failing = findings.filter(isFailure);
    expect(failing.length).toBeGreaterThan(0);
    expect(failing.map(({ signature }) => signature).join("\n")).toMatch(shown);
    expect(failing[0].reproducer.operations).toBeLessThanOrEqual(SHORT);
    const { script, line } = failing[0].reproducer;
    expect(script.split("\n")[line - 1]).not.toMatch(/^#|^$/);
  }

  it("fails with a short program where it merges caches that are aligned otherwise", () => {
    expectShortProgram(known, /invariant misaligned at alloc/);
  });

  it.each([
    ["red-zone-one-byte-short", "invariants", /invariant red-zone$/],
    ["poison-check-skips-last-byte", "detectors", /write-after-free.*silent-check/],
  ] as const)("fails, as %s, the section %s with a short program", async (name, section, shown) => {
    const request = { ...QUICK, sections: [section], target: `canary:${name}` };
    expectShortProgram(await runGate(request), shown);
  });

  it("is excused by the baseline until its day is over", async () => {
    const entry = { reason: "r", owner: "o", expires: "2027-03-01", comments: [] };
    const entries = known.findings.map(({ signature, verdict }) => ({
      ...entry,
      signature,
      verdict,
    }));
    const statuses = async (today: string) => {
      const request = { ...INVARIANTS, target: misaligned, baseline: { entries }, today };
      return (await runGate(request)).findings.map(({ status }) => status);
    };
    expect(known.findings.map(({ status }) => status)).toEqual(["new"]);
    expect(await statuses("2027-03-01")).toEqual(["known"]);
    expect(await statuses("2027-03-02")).toEqual(["expired"]);
  });

  it("is not tried where the target is another one", async () => {
    const sections = ["canaries"] as const;
    const { sections: ran } = await runGate({ ...QUICK, target: targetOf("traps"), sections });
    expect(ran[0].skipped).toContain("not the core");
  });
});

describe("the healthy core", () => {
  it("passes every section, on two workers as on one", async () => {
    const sections = ["invariants", "detectors"] as const;
    const one = await runGate({ ...QUICK, sections, jobs: 1 });
    const two = await runGate({ ...QUICK, sections, jobs: 2 });
    expect(one.findings).toEqual([]);
    expect(two.findings).toEqual([]);
    const counts = ({ sections: ran }: typeof one) =>
      ran.map(({ cases, operations, checks }) => [
        cases,
        operations,
        checks.map(({ name }) => name),
      ]);
    expect(counts(two)).toEqual(counts(one));
  });
});

describe("the corpus", () => {
  const script = "# boot: up slub_debug=FZ\n# expect: ok\ncache c 64 0 -\nalloc c a\n";
  const wrong = `${script}write a 64 41\nfree c a\n`;
  const sections = ["corpus"] as const;

  it("fails where a program shows what it must not show, and names its file", async () => {
    const corpus = [
      await parseEntry(script, "corpus/good.slab"),
      await parseEntry(wrong, "corpus/bad.slab"),
    ];
    const { findings, sections: ran } = await runGate({ ...QUICK, corpus, sections });
    expect(ran[0].checks.map(({ passed }) => passed)).toEqual([true, false]);
    const [{ message, status, reproducer }] = findings;
    expect(message).toMatch(/^corpus\/bad\.slab: shows detected .* instead of ok$/);
    expect([status, reproducer.path, reproducer.line]).toEqual(["gate", "corpus/bad.slab", 3]);
  });

  it("is skipped where it does not exist, and then no program ran", async () => {
    const result = await runGate({ ...QUICK, sections });
    expect(result.sections[0].skipped).toBe("there is no corpus");
    expect(ranNothing(result)).toBe(true);
  });
});

it("a run that is told to stop tells so, and keeps its results up to then", async () => {
  const stop = new AbortController();
  const onProgress = () => stop.abort();
  const result = await runGate({ ...QUICK, signal: stop.signal, onProgress });
  expect(result.interrupted).toBe(true);
  expect(result.sections.length).toBeLessThanOrEqual(1);
});
