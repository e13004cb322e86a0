// The action and the workflows. test/deep/action.deep.ts runs the action in more ways.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ActionProject, action, type Step, steps, yaml } from "./helper/action_project.ts";

let project: ActionProject;

beforeEach(() => {
  project = new ActionProject();
});

afterEach(() => project.end());

describe("the action", () => {
  it("runs the gate and says where its reports are", () => {
    project.givenGate();
    const { status, outputs, summary } = project.run({ out: "re ports" });
    expect(status).toBe(0);
    expect(outputs.out).toBe(join(project.folder, "re ports"));
    expect(JSON.parse(readFileSync(outputs.sarif, "utf8")).version).toBe("2.1.0");
    expect(readFileSync(outputs.junit, "utf8")).toContain("<testsuites");
    expect(summary).toContain("slabfuzz");
    expect(Object.keys(action.outputs).filter((name) => !(name in outputs))).toEqual([]);
  });

  it("refuses a choice that there is not", () => {
    const { status, text } = project.run({ "fail-on": "old" });
    expect([status, text]).toEqual([2, expect.stringContaining("one of new, any, none")]);
  });

  it("hands an input on as one word, whatever is in it", () => {
    const bin = join(project.home, "bin");
    mkdirSync(bin);
    const script = `#!/bin/sh\nfor word; do echo "word:$word"; done\nexit 7\n`;
    writeFileSync(join(bin, "npm"), script, { mode: 0o755 });
    const version = '1"; touch pwned; $(touch pwned) `touch pwned`';
    const { status, text } = project.run({ version }, { PATH: `${bin}:${process.env["PATH"]}` });
    expect(status).toBe(7);
    expect(text).toContain(`word:slabfuzz@${version}\n`);
    const target = "$(touch pwned); x.wasm";
    expect(project.run({ target }).text).toContain(`${target}: no such file`);
    expect(existsSync(join(project.folder, "pwned"))).toBe(false);
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
