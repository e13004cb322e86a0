// slabfuzz ci, corpus and init, run as commands: their output, their files and their exit codes.
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { allocatorChecks, checkAllocator } from "../../src/checks/suite/vitest.ts";
import { brokenCore } from "../helper/broken_core.ts";
import { type CommandResult, slabfuzz } from "../helper/command.ts";
import { BREAKS, SCRIPT_SOURCE } from "../helper/own_allocator.ts";
import { scriptModule } from "../module/planted.ts";

const CANARY = "canary:merge-ignores-alignment";
const MISALIGNED = "none|-|nowhere|invariant misaligned at alloc";
const SCRIPT = "# boot: up slub_debug=FZ\ncache c 64 0 -\nalloc c a\nwrite a 64 41\nfree c a\n";

let folder: string;
let cwd: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slabfuzz-ci-"));
  cwd = process.cwd();
  process.chdir(folder);
  process.exitCode = undefined;
  vi.stubEnv("GITHUB_ACTIONS", "");
  vi.stubEnv("GITHUB_STEP_SUMMARY", "");
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
  process.chdir(cwd);
  process.exitCode = undefined;
  rmSync(folder, { recursive: true, force: true });
});

/** Where a red run wrote its reports, and what it said. */
let red: { readonly folder: string } & Awaited<ReturnType<typeof run>>;

beforeAll(async () => {
  const home = process.cwd();
  const ran = mkdtempSync(join(tmpdir(), "slabfuzz-ci-"));
  process.chdir(ran);
  vi.stubEnv("GITHUB_ACTIONS", "");
  vi.stubEnv("GITHUB_STEP_SUMMARY", "");
  red = { folder: ran, ...(await invariants("--target", CANARY)) };
  process.chdir(home);
});

afterAll(() => rmSync(red.folder, { recursive: true, force: true }));

/** Runs a command; its exit code is the one that the process would end with. */
async function run(...words: string[]): Promise<CommandResult & { readonly ended: unknown }> {
  process.exitCode = undefined;
  const result = await slabfuzz(...words);
  return { ...result, ended: result.code ?? process.exitCode ?? 0 };
}

function ci(...words: string[]) {
  return run("ci", "--quick", "--seed", "1", "--jobs", "1", ...words);
}

/** The only section that these tests need. */
function invariants(...words: string[]) {
  return ci("--sections", "invariants", ...words);
}

function read(...path: string[]): string {
  return readFileSync(join(folder, ...path), "utf8");
}

describe("a green run of slabfuzz ci", () => {
  it("tells what ran, ends with 0, and leaves reports, without older findings", async () => {
    cpSync(join(red.folder, "slabfuzz-ci"), "slabfuzz-ci", { recursive: true });
    const { ended, out } = await invariants();
    expect(ended).toBe(0);
    expect(out).toMatch(/^slabfuzz \S+: ci slub, quick, seed 1, jobs 1\ninvariants .* ok\n/);
    expect(out).toMatch(/\npassed: \d+ checks, \d+ cases/);
    expect(out.trimEnd()).toMatch(/\nrepeat: slabfuzz ci --quick --sections invariants --seed 1$/);
    const files = ["ci-findings", "junit.xml", "result.json", "results.sarif", "summary.md"];
    expect(readdirSync("slabfuzz-ci").sort()).toEqual(files);
    expect(JSON.parse(read("slabfuzz-ci", "result.json")).passed).toBe(true);
    expect(readdirSync(join(red.folder, "slabfuzz-ci", "ci-findings")).length).toBe(1);
    expect(readdirSync(join("slabfuzz-ci", "ci-findings"))).toEqual([]);
  });
});

describe("a red run of slabfuzz ci", () => {
  it("ends with 1, names the rule, and shows a short program and how to replay it", async () => {
    const { ended, out } = red;
    expect(ended).toBe(1);
    expect(out).toMatch(/\nNEW: invariants .* broke the rule misaligned at alloc\n/);
    expect(out).toContain(`invariant: ${MISALIGNED}`);
    const [, replayed] = /\n {2}slabfuzz replay (\S+)\n/.exec(out) ?? [];
    const { out: shown } = await run("replay", join(red.folder, replayed), "--json");
    const { operations, signature } = JSON.parse(shown);
    expect(signature).toBe(MISALIGNED);
    expect(operations.length).toBeLessThanOrEqual(10);
  });

  it("prints only JSON on stdout with --json", async () => {
    const { ended, out, error } = await invariants("--target", CANARY, "--json");
    const { passed, findings } = JSON.parse(out);
    expect([ended, passed, findings.length]).toEqual([1, false, 1]);
    expect(existsSync(findings[0].path)).toBe(true);
    expect(error).toContain("repeat: slabfuzz ci");
  });

  it("writes annotations and the step's summary on GitHub, or on request", async () => {
    vi.stubEnv("GITHUB_ACTIONS", "true");
    vi.stubEnv("GITHUB_STEP_SUMMARY", join(folder, "step.md"));
    writeFileSync("step.md", "before\n");
    const { out } = await invariants("--target", CANARY);
    expect(out).toMatch(/^::error file=slabfuzz-ci\/ci-findings\/[^,]+,line=\d+,title=slabfuzz/m);
    expect(read("step.md")).toMatch(/^before\n## ❌ slabfuzz ci/);
    const { out: quiet } = await invariants("--target", CANARY, "--no-annotations");
    expect(quiet).not.toContain("::error");
  });
});

describe("the baseline", () => {
  it("accepts new findings on request only, and knows them until their day is over", async () => {
    expect([red.ended, existsSync(join(red.folder, "slabfuzz.baseline"))]).toEqual([1, false]);
    const words = ["--update-baseline", "--owner", "alice", "--expires", "2027-03-01"];
    const updated = await invariants("--target", CANARY, ...words);
    expect([updated.ended, updated.out]).toEqual([0, expect.stringContaining("1 added")]);
    expect(read("slabfuzz.baseline")).toContain(`signature: ${MISALIGNED}\n`);

    vi.useFakeTimers({ toFake: ["Date"], now: new Date("2027-03-01T12:00:00Z") });
    const known = await invariants("--target", CANARY);
    expect([known.ended, known.out]).toEqual([0, expect.stringMatching(/\npassed: .*, 1 known/)]);

    vi.setSystemTime(new Date("2027-03-02T12:00:00Z"));
    const expired = await invariants("--target", CANARY);
    expect([expired.ended, expired.out]).toEqual([1, expect.stringContaining("EXPIRED")]);
    expect(expired.out).toContain(`expired on 2027-03-01: ${MISALIGNED}`);
    expect(expired.out).toContain("ask alice");
  });

  it("applies to fuzz --fail-on new, too", async () => {
    const words = ["--target", CANARY, "--bugs", "none", "--seed", "2", "--cases", "400"];
    const fuzz = (...more: string[]) =>
      run("fuzz", ...words, "--slub-debug", "-", "--out", "found", ...more);
    const before = await fuzz("--json");
    expect(before.ended).toBe(1);
    const { findings } = JSON.parse(before.out);
    const blocks = findings.map(({ signature, verdict }: Record<string, string>) => {
      const rest = "reason: r\nowner: o\nexpires: 9999-12-31";
      return `signature: ${signature}\nverdict: ${verdict}\n${rest}\n`;
    });
    writeFileSync("slabfuzz.baseline", blocks.join("\n"));
    const after = await fuzz();
    expect(after.ended).toBe(0);
    expect(after.out).toContain(`known findings: ${findings.length}`);
  });
});

describe("a wrong request to slabfuzz ci", () => {
  it.each([
    ["a target that there is not", ["--target", "slob"], "unknown target"],
    ["a file that is not there", ["--target", "none.wasm"], "none.wasm: no such file"],
    ["a section that there is not", ["--sections", "speed"], 'unknown section "speed"'],
    ["a corpus that is not there", ["--corpus", "none"], "none: no such file"],
    ["a baseline that is not there", ["--baseline", "none"], "none: no such file"],
    ["a day that there is not", ["--expires", "2027-02-30"], "must be a day"],
    ["a config that is not there", ["--config", "none.ts"], "none.ts: no such file"],
  ])("ends with 2 and one sentence: %s", async (_, words, message) => {
    const { ended, out, error } = await ci(...words);
    expect([ended, out]).toEqual([2, ""]);
    expect(error).toContain(message);
    expect(error.trimEnd().split("\n").length).toBe(1);
  });

  it("ends with 2 for a core that lacks an export", async () => {
    writeFileSync("half.wasm", brokenCore("lacks an export"));
    const { ended, error } = await ci("--target", "half.wasm");
    expect(ended).toBe(2);
    expect(error).toMatch(/^half\.wasm: is no core, it does not export function extra_bytes \(/);
    expect(error).toContain("slabfuzz fuzz --target half.wasm");
  });

  it("names a damaged baseline, corpus or config with its line or field", async () => {
    writeFileSync("slabfuzz.baseline", "signature: x\nverdict: invariant\n");
    expect((await ci()).error).toBe("slabfuzz.baseline:1: the entry has no reason\n");
    rmSync("slabfuzz.baseline");
    mkdirSync("corpus");
    writeFileSync(join("corpus", "old.slab"), "# expect: ok\nalloc c a\n");
    const { ended, error } = await ci();
    expect([ended, error]).toEqual([2, expect.stringMatching(/^corpus.old\.slab:2: /)]);
    writeFileSync("slabfuzz.config.json", '{ "ci": { "quick": 1 } }');
    expect((await ci()).error).toBe("slabfuzz.config.json: ci.quick: must be true or false\n");
  });
});

it("a gate that ran no case fails", async () => {
  mkdirSync("corpus");
  const { ended, out } = await ci("--sections", "corpus");
  expect(ended).toBe(1);
  expect(out).toContain("failed: the gate ran no case");
});

describe("the corpus", () => {
  it("takes in a program with its verdict, and the gate checks other cores by it", async () => {
    writeFileSync("over.slab", SCRIPT);
    const added = await run("corpus", "add", "over.slab", "--exact");
    expect([added.ended, added.out]).toEqual([0, expect.stringContaining("over.slab: detected")]);
    expect(read("corpus", "over.slab")).toMatch(/^# expect: detected\n# signature: off-by-one/m);
    expect(read("corpus", "over.slab")).toMatch(/^# digest: [0-9a-f]{16}$/m);
    expect((await run("corpus", "list")).out).toMatch(/^over {2}detected {2}4 operations/);
    expect((await run("corpus", "check")).ended).toBe(0);
    const target = ["--target", "canary:red-zone-one-byte-short"];
    const checked = await run("corpus", "check", ...target);
    expect(checked.ended).toBe(1);
    expect(checked.out).toMatch(/corpus.over\.slab: answers otherwise than before/);
  });

  it("takes in the shrunk program of a finding, without the canary of the finding", async () => {
    const [, found] = /\n {2}slabfuzz replay (\S+)\n/.exec(red.out) ?? [];
    const added = await run("corpus", "add", join(red.folder, found), "--name", "misaligned");
    expect([added.ended, added.out]).toEqual([0, expect.stringContaining("misaligned.slab: ok")]);
    expect(read("corpus", "misaligned.slab")).not.toContain("canary");
    expect((await run("corpus", "check", "--target", CANARY)).ended).toBe(1);
    expect((await run("corpus", "check")).ended).toBe(0);
  });

  it("does not overwrite a program of its own", async () => {
    writeFileSync("over.slab", SCRIPT);
    await run("corpus", "add", "over.slab");
    const again = await run("corpus", "add", "over.slab");
    expect([again.ended, again.error]).toEqual([2, expect.stringContaining("is there already")]);
  });
});

describe("slabfuzz init", () => {
  it("writes a config, a corpus and a workflow, with which the gate is green", async () => {
    const { ended, out } = await run("init");
    const files = [".github/workflows/slabfuzz.yml", "corpus/off-by-one.slab"];
    expect(ended).toBe(0);
    expect(out).toContain("npm install --save-dev slabfuzz\n");
    for (const file of [...files, "slabfuzz.config.ts"]) {
      expect(out).toContain(`wrote ${file}`);
      expect(existsSync(file)).toBe(true);
    }
    const checked = await ci("--sections", "cost,corpus");
    expect([checked.ended, checked.out]).toEqual([0, expect.stringMatching(/corpus .* ok/)]);
    expect(checked.out).toMatch(/^cost .* checks .* ok$/m);
    expect(read(".github/workflows/slabfuzz.yml")).toContain("npx slabfuzz ci");
  });

  it("overwrites no file, and then writes no file at all", async () => {
    mkdirSync("corpus");
    writeFileSync(join("corpus", "off-by-one.slab"), "mine\n");
    const { ended, error } = await run("init");
    expect([ended, error]).toEqual([2, "corpus/off-by-one.slab: is there already\n"]);
    expect(readdirSync(folder)).toEqual(["corpus"]);
    expect(read("corpus", "off-by-one.slab")).toBe("mine\n");
  });

  it("writes what fits a module with another allocator, and the gate is green on it", async () => {
    const name = "it's mine.wasm";
    copyFileSync(scriptModule("own-init", SCRIPT_SOURCE, ["--use", "MISTAKE=0"]), name);
    const { ended, out } = await run("init", "--target", name);
    expect(ended).toBe(0);
    expect(out).toContain("try it: npx slabfuzz ci --quick\n");
    expect(out).toContain(String.raw`npx slabfuzz cost 'it'\''s mine.wasm' --update`);
    expect(read("corpus", "blocks.slab")).toMatch(/^# target: it's mine\.wasm\n# expect: ok\n/);
    expect(read(".github/workflows/slabfuzz.yml")).toContain("npx slabfuzz ci");
    expect((await run("cost", name, "--update")).ended).toBe(0);
    const checked = await ci("--sections", "cost,corpus,golden");
    expect([checked.ended, checked.error]).toEqual([0, expect.not.stringContaining("rror")]);
    expect(checked.out).toMatch(/^cost .* ok$/m);
    expect(checked.out).toMatch(/^corpus .* 1 cases .* ok$/m);
    expect(checked.out).toMatch(/^golden +skipped: .+$/m);
    expect(checked.out).toContain(String.raw`ci --target 'it'\''s mine.wasm' --quick`);
  });

  it.each(["slub", "later.wasm"])(
    "writes a config for the gate where the target is %s",
    async (target) => {
      mkdirSync(join("node_modules", "slabfuzz"), { recursive: true });
      const { ended, out } = await run("init", "--target", target);
      expect([ended, out]).toEqual([0, expect.not.stringContaining("npm install")]);
      expect(read("slabfuzz.config.ts")).toContain(`target: "${target}"`);
      expect(read(".github/workflows/slabfuzz.yml")).toContain("npx slabfuzz ci");
    },
  );
});

describe("a module with another allocator", () => {
  const broken = ["--use", `MISTAKE=${BREAKS["copies too little"].mistake}`];
  const target = () => scriptModule("own-suite", SCRIPT_SOURCE, broken);

  it("is checked by a test suite, whose error has the smallest program", () => {
    expect(() => checkAllocator({ target: target(), cases: 3 })).toThrow(
      /rule contents-lost.*\nalloc b0 \d+\nresize b0 \d+\n.*\nreplay: slabfuzz replay sw1:/s,
    );
    const right = scriptModule("own-right", SCRIPT_SOURCE, ["--use", "MISTAKE=0"]);
    expect(() => checkAllocator({ target: right, cases: 3 })).not.toThrow();
  });

  it("gets the gate's checks as tests, of which some fail where it is broken", () => {
    const checks = allocatorChecks({ target: target() });
    expect(checks.map(({ name }) => name)).toContain("invariants short");
    const [first] = checks;
    expect(first.run).toThrow("broke the rule contents-lost");
  });

  it("is called as --exports says, and by its name in the config", async () => {
    copyFileSync(target(), "own.wasm");
    const exports = "malloc=malloc,free=free";
    const targets = { mine: { file: "own.wasm", malloc: "malloc", free: "free" } };
    writeFileSync("slabfuzz.config.json", JSON.stringify({ target: "mine", targets }));
    const { ended, out } = await invariants();
    expect([ended, out]).toEqual([0, expect.stringMatching(/: ci own\.wasm, quick/)]);
    expect(out).toContain(`--target own.wasm --exports ${exports} --quick`);
  });

  it("leaves programs of the kernel's operations out of the corpus", async () => {
    mkdirSync("corpus");
    writeFileSync(join("corpus", "kernel.slab"), `# expect: detected\n${SCRIPT}`);
    copyFileSync(target(), "own.wasm");
    const { out } = await ci("--target", "own.wasm", "--sections", "corpus");
    expect(out).toMatch(/^corpus +skipped: all programs of the corpus are of the kernel's/m);
  });
});
