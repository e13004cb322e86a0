import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Prng } from "../../../src/base/prng.ts";
import { UserError } from "../../../src/base/user_error.ts";
import { MutationJournal } from "../../../src/checks/mutate/journal.ts";
import type { MutantResult } from "../../../src/checks/mutate/mutant_result.ts";
import { damagedCopies } from "../../helper/damage.ts";

const HEADER = { target: "slub", module: "a1", programs: "b2" };
const RESULT: MutantResult = { id: "f add->sub #1: a + b", state: "survived", programs: 3, ms: 4 };

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mutants-"));
  file = join(folder, "mutants.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The content of a journal, or the reason why it is refused. */
function resumed(): readonly MutantResult[] | string {
  try {
    const { journal, results } = MutationJournal.resume(folder, HEADER);
    journal.close();
    return results;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

describe("a mutation journal", () => {
  it("gives back the results that were put into it", () => {
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

  it("continues without its last line where that lost its end", () => {
    MutationJournal.begin(folder, HEADER).add(RESULT);
    appendFileSync(file, '{"id":"half');
    MutationJournal.resume(folder, HEADER).journal.add({ ...RESULT, id: "g" });
    const { results } = MutationJournal.resume(folder, HEADER);
    expect(results.map(({ id }) => id)).toEqual([RESULT.id, "g"]);
  });

  it("of an earlier version, which had no checksums, is continued", () => {
    writeFileSync(file, [HEADER, RESULT].map((line) => `${JSON.stringify(line)}\n`).join(""));
    MutationJournal.resume(folder, HEADER).journal.add({ ...RESULT, id: "g" });
    expect(MutationJournal.resume(folder, HEADER).results).toHaveLength(2);
  });

  it("gives what was put into it or is refused with the line, wherever it is damaged", () => {
    const journal = MutationJournal.begin(folder, HEADER);
    const all = ["f", "g", "h", "i"].map((id) => ({ ...RESULT, id }));
    for (const result of all) journal.add(result);
    const prng = new Prng({ high: 0, low: 4 });
    for (const { name, bytes } of damagedCopies(readFileSync(file), 240, prng)) {
      writeFileSync(file, bytes);
      const found = resumed();
      if (typeof found === "string") expect(found, name).toMatch(/mutants\.jsonl:\d+: [^\n]+$/);
      else for (const result of found) expect(all, name).toContainEqual(result);
    }
  });

  it.each([
    ["null", "is no line of a journal (it is no object)"],
    ['{"id":"f","state":"won","programs":1,"ms":1}', "state: must be one of killed, "],
    ['{"id":"f","state":"survived","programs":-1,"ms":1}', "programs: must be a whole number"],
    ['{"id":"f","state":"killed","programs":1,"ms":1}', "says two things"],
    [JSON.stringify({ ...RESULT, programs: 4 }), "has another result of f add->sub"],
  ])("is refused with the line %s", (line, message) => {
    MutationJournal.begin(folder, HEADER).add(RESULT);
    appendFileSync(file, `${line}\n`);
    expect(resumed()).toContain(`${file}:3: ${message}`);
  });

  it("of another run is not overwritten", () => {
    MutationJournal.begin(folder, HEADER).add(RESULT);
    const before = readFileSync(file, "utf8");
    expect(() => MutationJournal.begin(folder, { ...HEADER, target: "own.wasm" })).toThrow(
      "mutants.jsonl: is of another run (its target is slub)",
    );
    expect(readFileSync(file, "utf8")).toBe(before);
  });

  it("says which mutants it is of, and from then on those of the run that goes on with it", () => {
    MutationJournal.begin(folder, { ...HEADER, sample: 9, seed: 4, function: "f" }).add(RESULT);
    const selection = { sample: 9, seed: 4, function: "f" };
    expect(MutationJournal.selectionIn(folder)).toEqual(selection);
    MutationJournal.resume(folder, { ...HEADER, ...selection, sample: 20 }).journal.close();
    expect(MutationJournal.selectionIn(folder)).toEqual({ ...selection, sample: 20 });
    expect(resumed()).toEqual([RESULT]);
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

  it("is refused where it does not exist or is no journal", () => {
    expect(() => MutationJournal.resume(join(folder, "no"), HEADER)).toThrow("no such file");
    writeFileSync(file, "words\n");
    expect(() => MutationJournal.resume(folder, HEADER)).toThrow(
      "mutants.jsonl:1: is no line of a journal",
    );
  });
});
