// Malformed input of every kind that slabfuzz reads: valid examples, changed at random from a seed.
// Whatever comes of it, an input is either right or refused in one sentence.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Prng } from "../../../src/base/prng.ts";
import { exitCodeOf } from "../../../src/cli/program.ts";
import { type CommandResult, slabfuzz } from "../command.ts";
import { KINDS } from "./kinds.ts";
import { Mutator } from "./mutator.ts";

/** One malformed input, and what was done with it. */
export interface Malformed {
  readonly kind: string;
  readonly input: string;
  /** The words of the command; undefined where a reader was called without one. */
  readonly words: readonly string[] | undefined;
  readonly result: CommandResult;
}

export const MALFORMED_KINDS = Object.keys(KINDS);

/** Inputs of a kind, the same ones for the same seed. */
export function* malformedInputs(kind: string, seed: number, count: number): Generator<string> {
  const { examples } = KINDS[kind];
  const mutator = new Mutator(new Prng({ high: seed, low: MALFORMED_KINDS.indexOf(kind) }, 0));
  for (let i = 0; i < count; i++) yield mutator.change(examples[i % examples.length], examples);
}

/** Has inputs read, each as its command or its reader does. */
export async function* readMalformed(
  kind: string,
  inputs: Iterable<string>,
): AsyncGenerator<Malformed> {
  const { words, read } = KINDS[kind];
  const folder = mkdtempSync(join(tmpdir(), "slabfuzz-malformed-"));
  try {
    for (const input of inputs) {
      const command = words?.(input, folder);
      const result = command
        ? await slabfuzz(...command)
        : await resultOf(() => read?.(input, folder));
      yield { kind, input, words: command, result };
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What the command would say and end with. */
async function resultOf(work: () => unknown): Promise<CommandResult> {
  let error = "";
  try {
    await work();
    return { code: 0, out: "", error };
  } catch (thrown) {
    const collect = (text: string) => {
      error += text;
    };
    return { code: exitCodeOf(thrown, { out: collect, error: collect }), out: "", error };
  }
}

const SENTENCE_MAX = 1600;

/** What is wrong with an answer; undefined where it is right, or a refusal in one sentence. */
export function faultOf({ result }: Malformed): string | undefined {
  const { code = 0, out, error } = result;
  if (/[^\n\t\P{C}]/u.test(out + error)) return "prints what nobody sees";
  if (/^\s*(::|##\w*\[)/m.test(out + error)) return "prints a command of a log";
  if (code === 0 || code === 1) return undefined;
  if (code !== 2) return `ends with ${code}`;
  if (!/^[^\n]+\n$/.test(error)) return "says more or less than a sentence";
  if (error.length > SENTENCE_MAX) return "says too much";
  return undefined;
}

/** What somebody needs to see it again. */
export function malformedText(fault: string, { kind, input, words, result }: Malformed): string {
  const shown = JSON.stringify(input).slice(0, 600);
  const command = words === undefined ? "" : ` by ${words.join(" ").slice(0, 200)}`;
  return `${kind}: ${fault}: ${shown}${command}: ${result.error.slice(0, 800)}`;
}
