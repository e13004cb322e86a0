// Answers of earlier runs: which mutants keep theirs when a function of a module changes.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { IncrementalFile } from "../../../src/checks/mutate/incremental.ts";
import { type Mutant, mutantsOf } from "../../../src/checks/mutate/mutant.ts";
import type { MutantResult } from "../../../src/checks/mutate/mutant_result.ts";
import { Disassembly } from "../../../src/wasm/disassembly.ts";
import { WasmFile } from "../../../src/wasm/wasm_file.ts";
import { SCRIPT_SOURCE } from "../../helper/own_allocator.ts";
import { scriptModule } from "../../module/planted.ts";

const OF = { target: "own.wasm", inputs: "a1" };

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "answers-"));
  path = join(folder, "answers.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Module {
  readonly file: WasmFile;
  readonly mutants: readonly Mutant[];
}

function moduleWith(mistake: number, source = SCRIPT_SOURCE): Module {
  const script = scriptModule(`kept-${mistake}`, source, ["--use", `MISTAKE=${mistake}`]);
  const file = new WasmFile(readFileSync(script));
  const all = new Set(file.functions.map(({ index }) => index));
  const map = new Disassembly(file, "own.wat", all);
  return { file, mutants: mutantsOf({ file, map }, { sources: map.sources }) };
}

const before = moduleWith(0);

function answer({ id }: Mutant, state: MutantResult["state"] = "survived"): MutantResult {
  return { id, state, programs: 3, ms: 4 };
}

/** Writes answers to all mutants down. */
function storeAll({ file, mutants }: Module): void {
  const answers = new IncrementalFile(path, OF, file);
  for (const mutant of mutants) answers.add(mutant, answer(mutant));
  answers.write();
}

/** Functions of which some mutant has no answer. */
function functionsToTry({ file, mutants }: Module, of = OF): ReadonlySet<string> {
  const answers = new IncrementalFile(path, of, file);
  const left = mutants.filter((mutant) => answers.answerOf(mutant, true) === undefined);
  return new Set(left.map(({ function: name }) => name));
}

describe("answers of earlier runs", () => {
  it("hold for all mutants while nothing changes", () => {
    storeAll(before);
    expect(functionsToTry(before)).toEqual(new Set());
    const [mutant] = before.mutants;
    const answers = new IncrementalFile(path, OF, before.file);
    expect(answers.answerOf(mutant, true)).toEqual(answer(mutant));
  });

  it("hold for all but the mutants of the function that changed", () => {
    storeAll(before);
    // It copies half of the bytes, in realloc.
    expect(functionsToTry(moduleWith(3))).toEqual(new Set(["realloc"]));
  });

  it("do not hold for a mutant of the same name whose function changed beside it", () => {
    storeAll(before);
    const after = moduleWith(0, SCRIPT_SOURCE.replace("1 << 30", "1 << 29"));
    const names = new Set(before.mutants.map(({ id }) => id));
    const same = after.mutants.filter(({ id }) => names.has(id));
    const answers = new IncrementalFile(path, OF, after.file);
    const inMalloc = same.filter(({ function: name }) => name === "malloc");
    expect(inMalloc.length).toBeGreaterThan(0);
    expect(inMalloc.filter((mutant) => answers.answerOf(mutant, true) !== undefined)).toEqual([]);
    expect(same.some((mutant) => answers.answerOf(mutant, true) !== undefined)).toBe(true);
  });

  it("do not hold where the programs or their judge are others", () => {
    storeAll(before);
    const all = new Set(before.mutants.map(({ function: name }) => name));
    expect(functionsToTry(before, { ...OF, inputs: "b2" })).toEqual(all);
  });

  it("do not hold where some program comes by a mutant now, or none does any more", () => {
    const [one, other] = before.mutants;
    const answers = new IncrementalFile(path, OF, before.file);
    answers.add(one, answer(one, "not-reached"));
    answers.add(other, answer(other));
    expect([answers.answerOf(one, true), answers.answerOf(other, false)]).toEqual([
      undefined,
      undefined,
    ]);
    expect(answers.answerOf(one, false)).toMatchObject({ state: "not-reached" });
  });

  it("leave out what the harness could not cope with, and mutants that are gone", () => {
    const [one, other] = before.mutants;
    const answers = new IncrementalFile(path, OF, before.file);
    answers.add(one, answer(one, "failed"));
    answers.add(other, answer(other));
    expect(answers.answerOf(one, true)).toBeUndefined();
    answers.keepOnly(new Set([one.id]));
    expect(answers.answerOf(other, true)).toBeUndefined();
  });

  it("of another target are not written over", () => {
    storeAll(before);
    expect(() => new IncrementalFile(path, { ...OF, target: "slub" }, before.file)).toThrow(
      `${path}: has answers of another target (own.wasm)`,
    );
  });

  it.each([
    ["words", "is no file of answers (it is not JSON)"],
    ['{"version":2}', "version: is 2, this slabfuzz reads 1"],
    ['{"version":1,"target":"own.wasm","inputs":"a1","answers":[{}]}', "answers[0].id: is missing"],
  ])("are refused where the file is %s", (text, message) => {
    writeFileSync(path, text);
    expect(() => new IncrementalFile(path, OF, before.file)).toThrow(message);
  });
});
