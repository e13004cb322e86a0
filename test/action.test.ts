// action.yml, as GitHub runs it: each script with bash, in a folder of a project that has slabfuzz,
// with inputs as variables and files for outputs. Steps that use other actions are not run; what
// the cache would bring back stays in the runner's folder.
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";

const root = fileURLToPath(new URL("..", import.meta.url));

interface Step {
  readonly name?: string;
  readonly id?: string;
  readonly uses?: string;
  readonly if?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string>>;
}
type Inputs = Readonly<Record<string, string>>;

const yaml = (path: string) => parse(readFileSync(join(root, path), "utf8"));
const action = yaml("action.yml");
const steps: readonly Step[] = action.runs.steps;
const defaults: Inputs = Object.fromEntries(
  Object.entries<{ default: string }>(action.inputs).map(([name, one]) => [name, one.default]),
);

let folder: string;
let project: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slabfuzz ä action-"));
  project = join(folder, "project");
  mkdirSync(join(project, "node_modules"), { recursive: true });
  mkdirSync(join(folder, "temp"));
  symlinkSync(root, join(project, "node_modules", "slabfuzz"), "dir");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Ran {
  readonly status: number;
  readonly text: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

/** Runs scripts until one fails. */
function runAction(inputs: Inputs, env: Readonly<Record<string, string>> = {}): Ran {
  const files = { GITHUB_OUTPUT: join(folder, "output"), GITHUB_STEP_SUMMARY: join(folder, "sum") };
  for (const path of Object.values(files)) writeFileSync(path, "");
  const github = { GITHUB_ACTIONS: "true", GITHUB_ACTION_PATH: root, ...files };
  const known = { ...process.env, ...github, RUNNER_TEMP: join(folder, "temp"), ...env };
  let [status, text] = [0, ""];
  for (const step of steps.filter(({ run }) => run !== undefined)) {
    const words = ["--noprofile", "--norc", "-eo", "pipefail", "-c", step.run!];
    const own = { ...known, ...variablesOf(step, { ...defaults, ...inputs }) };
    const ran = spawnSync("bash", words, { cwd: project, env: own, encoding: "utf8" });
    text += ran.stdout + ran.stderr;
    status = ran.status ?? -1;
    if (status !== 0) break;
  }
  const lines = readFileSync(files.GITHUB_OUTPUT, "utf8").trimEnd().split("\n");
  const outputs = Object.fromEntries(lines.map((line) => line.split(/=(.*)/)));
  return { status, text, outputs, summary: readFileSync(files.GITHUB_STEP_SUMMARY, "utf8") };
}

function variablesOf({ env = {} }: Step, inputs: Inputs): Record<string, string> {
  const value = (text: string) =>
    text.replace(/\$\{\{ inputs\.([\w-]+) \}\}/g, (_, n) => inputs[n]);
  return Object.fromEntries(Object.entries(env).map(([name, text]) => [name, value(text)]));
}

/** A gate that checks one program, and what else is named. */
function givenGate(...more: readonly string[]): void {
  const program = readFileSync(join(root, "examples/init/off-by-one.slab"));
  mkdirSync(join(project, "corpus"), { recursive: true });
  writeFileSync(join(project, "corpus", "off-by-one.slab"), program);
  const config = { ci: { sections: ["corpus", ...more] } };
  writeFileSync(join(project, "slabfuzz.config.json"), JSON.stringify(config));
}

const CANARY: Inputs = { target: "canary:merge-ignores-alignment", quick: "true" };

describe("the action", () => {
  it("runs the gate and says where its reports are", () => {
    givenGate();
    const { status, outputs, summary } = runAction({ out: "re ports" });
    expect(status).toBe(0);
    expect(outputs.out).toBe(join(project, "re ports"));
    expect(JSON.parse(readFileSync(outputs.sarif, "utf8")).version).toBe("2.1.0");
    expect(readFileSync(outputs.junit, "utf8")).toContain("<testsuites");
    expect(summary).toContain("slabfuzz");
    expect(Object.keys(action.outputs).filter((name) => !(name in outputs))).toEqual([]);
  });

  it("gives a digest that stays with another seed and changes with what the checks show", () => {
    givenGate();
    const digestOf = (seed: string) => runAction({ seed, cache: "false" }).outputs.digest;
    const digest = digestOf("1");
    expect(digest).toMatch(/^[0-9a-f]{16}$/);
    expect(digestOf("2")).toBe(digest);
    makeRed();
    expect(digestOf("1")).not.toBe(digest);
  });

  it("fails for a finding, and again for its cached program until the baseline names it", () => {
    givenGate("invariants");
    const found = runAction(CANARY);
    expect([found.status, found.outputs.grown]).toEqual([1, "true"]);
    givenGate();
    const again = runAction(CANARY);
    expect([again.status, again.outputs.grown]).toEqual([1, "false"]);
    expect(again.text).toContain("shows invariant (none|-|nowhere|invariant misaligned at alloc)");
    expect(runAction({ quick: "true" }).status).toBe(0);
    baseline("known", signatureIn(cacheFolder()));
    expect(runAction({ ...CANARY, baseline: "known" }).status).toBe(0);
    expect(readdirSync(cacheFolder())).toEqual([]);
  });

  it("passes with findings where fail-on is none, and fails for known ones where it is any", () => {
    givenGate("invariants");
    baseline("slabfuzz.baseline", "none|-|nowhere|invariant misaligned at alloc");
    const known = runAction({ ...CANARY, "fail-on": "any", cache: "false" });
    expect([known.status, known.text]).toEqual([1, expect.stringContaining("NEW: invariants")]);
    givenGate();
    makeRed();
    const statuses = ["new", "none"].map((failOn) => runAction({ "fail-on": failOn }).status);
    expect(statuses).toEqual([1, 0]);
  });

  it("runs a campaign, whose digest is that of the command", () => {
    writeFileSync(join(project, "slabfuzz.config.json"), JSON.stringify({ bugs: ["none"] }));
    const { status, outputs } = runAction({ command: "fuzz", time: "1s", out: "found" });
    expect([status, outputs.sarif]).toEqual([0, undefined]);
    const { digest } = JSON.parse(readFileSync(join(project, "found", "summary.json"), "utf8"));
    expect(outputs.digest).toBe(digest);
  });

  it("refuses a choice that there is not", () => {
    const { status, text } = runAction({ "fail-on": "old" });
    expect([status, text]).toEqual([2, expect.stringContaining("one of new, any, none")]);
  });

  it("hands an input on as one word, whatever is in it", () => {
    const bin = join(folder, "bin");
    mkdirSync(bin);
    const script = `#!/bin/sh\nfor word; do echo "word:$word"; done\nexit 7\n`;
    writeFileSync(join(bin, "npm"), script, { mode: 0o755 });
    const version = '1"; touch pwned; $(touch pwned) `touch pwned`';
    const { status, text } = runAction({ version }, { PATH: `${bin}:${process.env["PATH"]}` });
    expect(status).toBe(7);
    expect(text).toContain(`word:slabfuzz@${version}\n`);
    const target = "$(touch pwned); x.wasm";
    expect(runAction({ target }).text).toContain(`${target}: no such file`);
    expect(existsSync(join(project, "pwned"))).toBe(false);
  });

  it("keeps what it found although the step fails", () => {
    const [restore, save] = steps.filter(({ uses }) => uses?.startsWith("actions/cache/"));
    expect([restore.uses, save.uses]).toEqual([
      "actions/cache/restore@v4",
      "actions/cache/save@v4",
    ]);
    expect([save.with!["path"], save.with!["key"]]).toEqual([
      restore.with!["path"],
      restore.with!["key"],
    ]);
    expect(restore.with!["key"].startsWith(restore.with!["restore-keys"])).toBe(true);
    expect(save.if).toMatch(/^always\(\) && /);
  });

  /** The program stays within its object, so that no check has anything to say. */
  function makeRed(): void {
    const path = join(project, "corpus", "off-by-one.slab");
    writeFileSync(path, readFileSync(path, "utf8").replace("write a 64", "write a 63"));
  }

  function baseline(name: string, signature: string): void {
    const more = "verdict: invariant\nreason: r\nowner: o\nexpires: 2999-01-01";
    writeFileSync(join(project, name), `signature: ${signature}\n${more}\n`);
  }

  function cacheFolder(): string {
    return join(folder, "temp", "slabfuzz-corpus");
  }

  function signatureIn(path: string): string {
    const [name] = readdirSync(path).filter((one) => one.endsWith(".signature"));
    return readFileSync(join(path, name), "utf8");
  }
});

describe("a workflow", () => {
  /** Scripts into whose text GitHub would put a value: what the value says would be run. */
  function mixedScripts(value: unknown): readonly string[] {
    if (typeof value !== "object" || value === null) return [];
    return Object.entries(value).flatMap(([name, one]) => {
      if (name !== "run" || typeof one !== "string") return mixedScripts(one);
      return one.includes("${{") ? [one] : [];
    });
  }

  it.each([
    "action.yml",
    ".github/workflows/ci.yml",
    ".github/workflows/publish.yml",
    "examples/init/slabfuzz.yml",
  ])("mixes no values into its scripts: %s", (path) => {
    const mixed = "echo $" + "{{ inputs.target }}";
    expect(mixedScripts(yaml(path))).toEqual([]);
    expect(mixedScripts({ steps: [{ run: mixed }] })).toHaveLength(1);
    expect(mixedScripts({ steps: [{ run: "echo", with: { x: mixed } }] })).toEqual([]);
  });

  it("runs the checks on each Node that is supported, also before it publishes", () => {
    const ci = yaml(".github/workflows/ci.yml");
    expect(ci.jobs.check.strategy.matrix.node).toEqual([20, 22, 24]);
    expect(Object.keys(ci.on)).toContain("workflow_call");
    const { on, permissions, jobs } = yaml(".github/workflows/publish.yml");
    expect(on).toEqual({ push: { tags: ["v*"] } });
    expect(jobs.check.uses).toBe("./.github/workflows/ci.yml");
    expect(jobs.publish.needs).toBe("check");
    expect(permissions).toEqual({ contents: "read" });
    expect(jobs.publish.permissions).toEqual({ contents: "read", "id-token": "write" });
    const scripts: readonly Step[] = jobs.publish.steps;
    expect(scripts.at(-1)!.run).toMatch(/^npm publish .* --provenance/);
  });
});
