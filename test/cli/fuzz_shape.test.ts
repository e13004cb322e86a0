// The shape of programs, as options of the command line or a config file set it.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CommandResult, slabfuzz } from "../helper/command.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slabfuzz-shape-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function fuzz(...words: string[]): Promise<CommandResult> {
  return slabfuzz("fuzz", "--out", join(folder, "findings"), ...words);
}

const SMALL = ["--seed", "7", "--cases", "120", "--ops", "40", "--slub-debug", "FZP"];

describe("slabfuzz fuzz", () => {
  it("finds no bug in twins", async () => {
    const { code, out: text } = await fuzz("--twins", ...SMALL);
    expect(text).toContain("no findings");
    expect(text).toContain("bugs all, twins, ops 40");
    expect(code).toBe(0);
  });

  it("prints in its last line how to make the same programs again", async () => {
    const shape = ["--bugs-per-case", "2", "--no-swarm", "--workload", "lifo", "--size", "320"];
    const words = [...shape, "--bugs", "off-by-one,bit-flip", "--without", "rcu", ...SMALL];
    const one = await fuzz(...words);
    const [, repeat] = /repeat: slabfuzz fuzz (.*)\n/.exec(one.out) ?? ["", ""];
    const other = await fuzz(...repeat.split(" "));
    const digest = /digest [0-9a-f]{16}/.exec(one.out)?.[0];
    expect(digest).toBeDefined();
    expect(other.out).toContain(digest);
  });

  it("gives each of two mistakes a verdict", async () => {
    const two = ["--bugs-per-case", "2", "--bugs", "write-after-reuse,off-by-one", "--json"];
    const { out: text } = await fuzz(...two, ...SMALL);
    const { verdicts } = JSON.parse(text) as { verdicts: Record<string, Record<string, number>> };
    const rows = Object.values(verdicts).flatMap((row) => Object.values(row));
    expect(rows.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(1.9 * 120);
    expect(Object.keys(verdicts).sort()).toEqual(["off-by-one", "write-after-reuse"]);
  });

  it.each([
    [["--bugs", "typo"], "unknown bug class"],
    [["--without", "typo"], "unknown feature or bug class"],
    [["--workload", "typo"], "unknown workload"],
    [["--size", "0"], "unknown size"],
    [["--bugs-per-case", "3"], "--bugs-per-case 3: must be a whole number from 1 to 2"],
    [["--bugs", "double-free-bulk", "--without", "bulk"], "no class of double-free-bulk is left"],
    [["--count-as-new", "typo"], 'unknown verdict "typo"'],
    [["--config", "nowhere.ts"], "nowhere.ts: no such file"],
  ])("refuses %s with one line", async (words, message) => {
    const { code, error } = await fuzz(...words, "--cases", "1");
    expect(error).toContain(message);
    expect(error.trimEnd().split("\n").length).toBe(1);
    expect(code).toBe(2);
  });
});

describe("a config file of slabfuzz fuzz", () => {
  function config(fields: object): string {
    const path = join(folder, "c.json");
    writeFileSync(path, JSON.stringify(fields));
    return path;
  }

  it("sets what the options leave open", async () => {
    const path = config({ slubDebug: "FZ", cases: 20, seed: 3, bugs: ["off-by-one"], ops: 30 });
    const { out: text } = await fuzz("--config", path, "--slub-debug", "P");
    expect(text).toContain("seed 3, v6.1, boot up slub_debug=P, bugs off-by-one, ops 30");
    expect(text).toContain("20 cases");
  });

  it("decides what fails a run", async () => {
    const fields = { cases: 60, seed: 3, bugs: ["double-free"], slubDebug: "F", ops: 30 };
    const counted = await fuzz("--config", config({ ...fields, countAsNew: ["detected"] }));
    expect(counted.code).toBe(1);
    expect((await fuzz("--config", config(fields))).code).toBe(0);
    expect((await fuzz("--config", config({ ...fields, failOn: "any" }))).code).toBe(1);
  });

  it("is printed with the options in it, and no case runs", async () => {
    const { out: text, code } = await fuzz(
      "--config",
      config({ jobs: 2 }),
      "--twins",
      "--print-config",
    );
    expect(JSON.parse(text)).toMatchObject({ jobs: 2, twins: true, bugs: "all", sizes: "mixed" });
    expect(code).toBeUndefined();
  });

  it("can be overridden in what it switches on", async () => {
    const path = config({ twins: true, swarm: false });
    const { out: text } = await fuzz("--config", path, "--no-twins", "--swarm", "--print-config");
    expect(JSON.parse(text)).toMatchObject({ twins: false, swarm: true });
  });

  it("decides which rules are kept", async () => {
    const path = config({ invariants: { poison: false, "red-zone": 1 } });
    const { out: text } = await fuzz("--config", path, ...SMALL, "--bugs", "none");
    expect(text).toContain("rules red-zone=1,poison=off, ops 40");
    expect(text).toContain("--invariants red-zone=1,poison=off");
  });

  it("is refused with file and field when it is wrong", async () => {
    const path = config({ jobs: "two" });
    const { code, error } = await fuzz("--config", path);
    expect(error).toBe(`${path}: jobs: must be a whole number from 1 to 256\n`);
    expect(code).toBe(2);
  });
});
