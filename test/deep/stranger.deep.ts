// The use by another project: imports by the package's name, in a separate process, from dist/.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { exportProgram } from "../../src/export/export.ts";
import { programOfScript } from "../../src/targets/targets.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

function node(...lines: string[]) {
  const options = ["--input-type=module", "-e", lines.join("\n")];
  const { stdout, stderr, status } = spawnSync(process.execPath, options, { cwd: ROOT });
  return { out: stdout.toString(), error: stderr.toString(), status };
}

describe("slabfuzz/vitest", () => {
  const START = 'import { checkAllocator, expectFinding, expectNoFinding } from "slabfuzz/vitest";';
  const SCRIPT = JSON.stringify(
    "# boot: up slub_debug=FZ\ncache c 64 0 -\nalloc c a\nwrite a 64 41\nfree c a\n",
  );

  it("passes for an allocator that keeps its rules", () => {
    const { error, status } = node(
      START,
      'checkAllocator({ cases: 200, machine: { slubDebug: "FZP" } });',
      'expectNoFinding("cache c 64 0 -\\nalloc c a\\nfree c a\\n");',
      `expectFinding(${SCRIPT}, { verdict: "detected" });`,
    );
    expect([error, status]).toEqual(["", 0]);
  });

  it("fails for an allocator that breaks a rule, with the smallest program to replay", () => {
    const target = "canary:zeroing-one-word-short";
    const { out } = node(
      START,
      `try { checkAllocator({ cases: 2000, target: "${target}" }); }`,
      "catch (error) { console.log(error.message); console.error(error.script); }",
    );
    expect(out).toMatch(/^invariant: .*\ncase \d+\n/);
    expect(out).toMatch(/\ncache \S+ \d+ /);
    expect(out.trimEnd()).toMatch(/\nreplay: slabfuzz replay sf1:\S+$/);
  });

  it("fails for a program with a finding, and for a finding other than the expected one", () => {
    const { out } = node(
      START,
      `for (const check of [() => expectNoFinding(${SCRIPT}),`,
      `  () => expectFinding(${SCRIPT}, { verdict: "oops" })]) {`,
      "  try { check(); } catch (error) { console.log(error.name, error.verdict); } }",
    );
    expect(out).toBe("FindingError detected\nFindingError detected\n");
  });
});

describe("slabfuzz/fast-check", () => {
  it("makes programs for properties that hold, and shrinks those for properties that fail", () => {
    const { out, error } = node(
      'import fc from "fast-check";',
      'import { judgeProgram, machineFor, parseScript, printScript } from "slabfuzz";',
      'import { programArbitrary } from "slabfuzz/fast-check";',
      'const programs = programArbitrary({ bugs: ["double-free"], machine: { slubDebug: "F" } });',
      "const prints = (one) => parseScript(printScript(one), 'x').ops.length === one.ops.length;",
      "fc.assert(fc.property(programs, prints), { seed: 3, numRuns: 20 });",
      "const cause = (one) => judgeProgram(one, machineFor(one)).signature.split('|')[0];",
      "const isQuiet = (one) => cause(one) !== 'double-free';",
      "const { failed, counterexample } = fc.check(fc.property(programs, isQuiet), { seed: 3 });",
      "console.log(failed, counterexample[0].ops.map(({ op }) => op).join(' '));",
    );
    expect(error).toBe("");
    expect(out).toMatch(/^true cache alloc\w* free free\n$/);
  });
});

it("an exported test runs unchanged in a suite where slabfuzz is installed", async () => {
  const script = "# boot: up slub_debug=FZ\ncache c 64 0 -\nalloc c a\nwrite a 64 41\nfree c a\n";
  const folder = mkdtempSync(join(ROOT, "test", "export", "exported-"));
  try {
    const program = await programOfScript({ name: "x", file: "x", text: script });
    const text = await exportProgram(program, "vitest");
    writeFileSync(join(folder, "good.test.ts"), text);
    writeFileSync(join(folder, "bad.test.ts"), text.replace("write a 64", "write a 63"));
    const words = ["vitest", "run", "--reporter=json", folder];
    const { stdout } = spawnSync("npx", words, { cwd: ROOT, encoding: "utf8" });
    const { testResults } = JSON.parse(stdout.slice(stdout.indexOf("{")));
    const statuses = testResults.map((one: Record<string, string>) => [
      basename(one.name),
      one.status,
    ]);
    expect(Object.fromEntries(statuses)).toEqual({
      "good.test.ts": "passed",
      "bad.test.ts": "failed",
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
