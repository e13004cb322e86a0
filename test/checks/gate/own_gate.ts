// The gate on an allocator of 60 lines that is not ours, in two languages: green as it should be,
// red in each way that it can be broken, with reports that point at the smallest program.
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { runGate } from "../../../src/checks/gate/gate.ts";
import { type GateResult, hasPassed, isFailure } from "../../../src/checks/gate/result.ts";
import { junitOf } from "../../../src/checks/output/junit.ts";
import type { LocatedFinding } from "../../../src/checks/output/located.ts";
import { markdownOf } from "../../../src/checks/output/markdown.ts";
import { sarifOf } from "../../../src/checks/output/sarif.ts";
import { BREAKS, type Break, C_SOURCE, SCRIPT_SOURCE } from "../../helper/own_allocator.ts";
import { fileBeside, scriptModule } from "../../module/planted.ts";

const OPERATIONS_MAX = 6;
const NAMES = Object.keys(BREAKS) as Break[];

/** The path of the module, built by a compiler, with a mistake by number. */
type Builder = (mistake: number) => string;

export const fromScript: Builder = (mistake) =>
  scriptModule(`own-${mistake}`, SCRIPT_SOURCE, ["--use", `MISTAKE=${mistake}`]);

const CLANG = ["--target=wasm32", "-nostdlib", "-fno-builtin", "-O2", "-Wl,--no-entry"];
const EXPORTS = ["malloc", "free", "calloc", "realloc", "__heap_base"];

/** What clang says when it builds a module; its linker is another package. */
export function clang(source: string, words: readonly string[]): string {
  const { status, stderr, error } = spawnSync("clang", [...CLANG, ...words, source], {
    encoding: "utf8",
  });
  return status === 0 ? stderr : `failed: ${stderr ?? error}`;
}

export const fromC: Builder = (mistake) => {
  const source = fileBeside(`own-${mistake}.c`, C_SOURCE);
  const out = source.replace(/\.c$/, ".c.wasm");
  const named = EXPORTS.map((name) => `-Wl,--export=${name}`);
  expect(clang(source, [...named, `-DMISTAKE=${mistake}`, "-o", out])).toBe("");
  return out;
};

function gate(target: string): Promise<GateResult> {
  const sections = ["invariants", "detectors", "canaries", "golden", "fuzz"] as const;
  return runGate({ target, isQuick: true, seed: 1n, fuzzMs: 100, sections });
}

function located({ findings }: GateResult): readonly LocatedFinding[] {
  return findings.map((finding) => ({ ...finding, path: "out/program.slab", replay: "replay" }));
}

export async function expectRed(target: string, rule: string): Promise<void> {
  const result = await gate(target);
  expect(hasPassed(result)).toBe(false);
  const [finding] = located(result).filter(isFailure);
  expect(finding.signature).toMatch(new RegExp(`\\|invariant ${rule}$`));
  expect(finding.message).toContain(`broke the rule ${rule}`);
  const { operations, script, line } = finding.reproducer;
  expect(operations).toBeLessThanOrEqual(OPERATIONS_MAX);
  const shown = script.split("\n")[line - 1];
  expect(shown).toMatch(/^[a-z]/);
  expect(junitOf(result, [finding])).toContain(`&gt; ${shown}`);
  expect(markdownOf(result, [finding])).toContain(`> ${shown}`);
  const sarif = JSON.stringify(sarifOf(result, [finding]));
  expect(sarif).toContain(`"ruleId":"invariant/${rule}"`);
  expect(sarif).toContain(`{"startLine":${line}}`);
}

export function describeGateOn(language: string, build: Builder): void {
  describe(`the gate on an allocator in ${language}`, () => {
    it("passes where the allocator is right, and says what it leaves out", async () => {
      const result = await gate(build(0));
      expect(result.findings).toEqual([]);
      expect(hasPassed(result)).toBe(true);
      const skipped = result.sections.filter((section) => section.skipped !== undefined);
      expect(skipped.map(({ name }) => name)).toEqual(["canaries", "golden"]);
      expect(skipped.every(({ skipped: why = "" }) => /^[^\n]+$/.test(why))).toBe(true);
    });

    it.each(NAMES)('fails where it "%s", and its reports point at a short program', (name) =>
      expectRed(build(BREAKS[name].mistake), BREAKS[name].rule),
    );
  });
}
