// Answers of earlier runs, kept in a file: a mutant keeps its answer as long as neither the code of
// the functions that it is in nor what decides an answer beside that has changed. As with other
// tools for mutation, it keeps it although functions changed that its own call, or are called by: a
// run without the file settles it.
import { existsSync } from "node:fs";
import { omit } from "../../base/fields.ts";
import { readJson } from "../../base/json_file.ts";
import { jsonList, jsonObject, jsonText, jsonVersion } from "../../base/schema.ts";
import { UserError } from "../../base/user_error.ts";
import { jsonOf } from "../../base/visible.ts";
import { readTextFile, requirePlainFile, writeWholeFile } from "../../base/whole_file.ts";
import type { WasmFile } from "../../wasm/wasm_file.ts";
import type { Mutant } from "./mutant.ts";
import { MutantCode } from "./mutant_code.ts";
import { type MutantResult, mutantResultWith } from "./mutant_result.ts";

const VERSION = 1;

const FILE = jsonObject({
  version: jsonVersion(VERSION),
  target: jsonText,
  inputs: jsonText,
  answers: jsonList(mutantResultWith({ code: jsonText })),
});

/** An answer, and a digest of the code that it was given for. */
interface KnownAnswer extends MutantResult {
  readonly code: string;
}

/** What answers are of: a target, and a digest of what decides them beside its code. */
interface AnswersOf {
  readonly target: string;
  readonly inputs: string;
}

export class IncrementalFile {
  readonly #path: string;
  readonly #of: AnswersOf;
  readonly #code: MutantCode;
  readonly #known: Map<string, KnownAnswer>;

  /**
   * One that is not there yet has no answers, and neither has one with other inputs. `module`:
   * whose mutants are asked for.
   */
  constructor(path: string, of: AnswersOf, module: WasmFile) {
    this.#path = path;
    this.#of = of;
    this.#code = new MutantCode(module);
    this.#known = new Map(answersIn(path, of).map((answer) => [answer.id, answer]));
  }

  /** The last answer of a mutant, if it still holds; `isReached`: by some program. */
  answerOf(mutant: Mutant, isReached: boolean): MutantResult | undefined {
    const known = this.#known.get(mutant.id);
    if (known === undefined || (known.state !== "not-reached") !== isReached) return undefined;
    return known.code === this.#code.digestOf(mutant) ? omit(known, "code") : undefined;
  }

  /** Takes an answer in; one that the harness could not cope with is asked for again. */
  add(mutant: Mutant, result: MutantResult): void {
    const { id } = mutant;
    if (result.state === "failed") this.#known.delete(id);
    else this.#known.set(id, { ...result, code: this.#code.digestOf(mutant) });
  }

  /** Forgets mutants that are not there any more. */
  keepOnly(ids: ReadonlySet<string>): void {
    for (const id of this.#known.keys()) if (!ids.has(id)) this.#known.delete(id);
  }

  write(): void {
    const answers = [...this.#known.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
    const text = jsonOf({ version: VERSION, ...this.#of, answers });
    writeWholeFile(this.#path, `${text}\n`);
  }
}

function answersIn(path: string, { target, inputs }: AnswersOf): readonly KnownAnswer[] {
  requirePlainFile(path);
  if (!existsSync(path)) return [];
  const found = readJson({ text: readTextFile(path), name: path, kind: "file of answers" }, FILE);
  if (found.target !== target) {
    throw new UserError(`${path}: has answers of another target (${found.target})`);
  }
  return found.inputs === inputs ? (found.answers as readonly KnownAnswer[]) : [];
}
