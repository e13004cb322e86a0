import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { CorpusFolder } from "../../src/search/corpus_folder.ts";
import { chosen } from "../../src/search/minimise.ts";
import { guidedSlubTarget } from "../../src/slub/guided.ts";
import { slubTarget } from "../../src/slub/kind.ts";
import type { GuidedOps } from "../../src/target/guided.ts";
import type { Target } from "../../src/target/target.ts";
import "../../src/targets/core_files.ts";
import { searched } from "./guided_search.ts";

const folder = mkdtempSync(join(tmpdir(), "slabfuzz-guided-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a guided search", () => {
  it("makes the same programs each time that it is run, none with a mistake", () => {
    const [one, other] = [searched({ cases: 64 }), searched({ cases: 64 })];
    expect(one.scripts).toEqual(other.scripts);
    expect(new Set(one.scripts).size).toBe(64);
    expect(one.corpus).toBeGreaterThan(10);
    expect(one.verdicts).toEqual({ ok: 64 });
  });

  it("finds a planted bug", () => {
    const { alarms } = searched({ cases: 640, target: "canary:third-name-traps" });
    expect(alarms.join()).toMatch(/trap/);
  });
});

describe("a corpus that is made smaller", () => {
  const programs = ["aaaa", "bb", "c", "ddd"];

  it("keeps no program whose features others have", () => {
    const features = [[1, 2, 3], [1, 2], [4], [3, 4]];
    expect(chosen(programs, features)).toEqual(["aaaa", "c"]);
  });

  it("keeps a program of which each feature is needed, and none without any", () => {
    expect(chosen(programs, [[1], [2], [3], []])).toEqual(["c", "bb", "aaaa"]);
  });
});

describe("the folder of a corpus", () => {
  const targetFor = (target: string, slubDebug: string) =>
    slubTarget({ target, seed: 1n, bugs: ["none"], machine: { slubDebug } });
  const guided = guidedSlubTarget(targetFor("slub", "-"));
  const programs = [3, 1, 2].map((number) => guided.programs.generate(number));
  const path = join(folder, "corpus");

  it("holds the same files in whatever order programs come", () => {
    new CorpusFolder(path, guided).write(programs);
    const again = join(folder, "again");
    for (const ops of [...programs].reverse()) new CorpusFolder(again, guided).write([ops]);
    expect(readdirSync(again)).toEqual(readdirSync(path));
    const scriptsOf = (all: readonly GuidedOps[]) =>
      new Set(all.map((ops) => guided.programs.script(ops, [])));
    expect(scriptsOf(new CorpusFolder(path, guided).read())).toEqual(scriptsOf(programs));
  });

  it("refuses programs for another target, and for another machine", () => {
    const canary = { ...guided, target: targetFor("canary:empty-slab-lost", "-") };
    expect(() => new CorpusFolder(path, canary)).toThrow(
      /^\S+corpus: is a corpus of slub, v6.1, .*, not of canary:empty-slab-lost, v6.1, .*=-$/,
    );
    const checked = { ...guided, target: targetFor("slub", "FZ") };
    expect(() => new CorpusFolder(path, checked)).toThrow(/not of slub, v6.1, .*=FZ$/);
  });

  it("refuses programs of another build", () => {
    const { options, text, campaignToken } = guided.target;
    const target = { options, text, campaignToken, build: "01234567" } as Target;
    expect(() => new CorpusFolder(path, { ...guided, target })).toThrow(
      /is a corpus of another build of slub/,
    );
  });

  it("refuses a folder that holds something else", () => {
    const other = join(folder, "other");
    mkdirSync(other);
    writeFileSync(join(other, "letter.txt"), "");
    expect(() => new CorpusFolder(other, guided)).toThrow(/is no corpus of a guided search/);
  });
});
