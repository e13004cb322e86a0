import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { MutantResult } from "../../../src/checks/mutate/court.ts";
import { MutationJournal } from "../../../src/checks/mutate/journal.ts";

const HEADER = { target: "slub", module: "a1", programs: "b2" };
const RESULT: MutantResult = { id: "f add->sub #1: a + b", state: "survived", programs: 3, ms: 4 };

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mutants-"));
  file = join(folder, "mutants.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("a journal", () => {
  it("gives back what was put into it", () => {
    MutationJournal.begin(folder, HEADER).add(RESULT);
    const { journal, results } = MutationJournal.resume(folder, HEADER);
    expect(results).toEqual([RESULT]);
    journal.add({ ...RESULT, id: "g" });
    expect(MutationJournal.resume(folder, HEADER).results.map(({ id }) => id)).toEqual([
      RESULT.id,
      "g",
    ]);
  });

  it("forgets a line that was cut short", () => {
    MutationJournal.begin(folder, HEADER).add(RESULT);
    appendFileSync(file, '{"id":"half');
    expect(MutationJournal.resume(folder, HEADER).results).toEqual([RESULT]);
  });

  it("begins anew where it is not resumed", () => {
    MutationJournal.begin(folder, HEADER).add(RESULT);
    MutationJournal.begin(folder, HEADER);
    expect(readFileSync(file, "utf8").split("\n")).toHaveLength(2);
  });

  it.each(["target", "module", "programs"] as const)("is refused with another %s", (key) => {
    MutationJournal.begin(folder, HEADER);
    expect(() => MutationJournal.resume(folder, { ...HEADER, [key]: "c3" })).toThrow(
      `mutants.jsonl: is of another run (its ${key} is ${HEADER[key]})`,
    );
  });

  it("is refused where it is none, or not there", () => {
    expect(() => MutationJournal.resume(join(folder, "no"), HEADER)).toThrow("no such file");
    writeFileSync(file, "words\n");
    expect(() => MutationJournal.resume(folder, HEADER)).toThrow(
      "mutants.jsonl:1: is no line of a journal",
    );
  });
});
