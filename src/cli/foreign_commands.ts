// slabfuzz replay and shrink, for programs of foreign modules. The module runs on a thread of its
// own: if it does not come back, the operation that it is at is known.
import { UserError } from "../base/user_error.ts";
import { writeWholeFile } from "../base/whole_file.ts";
import { askForeign } from "../module/foreign_engine.ts";
import { bindingText } from "../module/load/binding.ts";
import { loadForeign } from "../module/load/load.ts";
import { printForeign, printForeignOp } from "../module/program/text.ts";
import type { ForeignAnswer, ForeignQuestion, ShrunkAnswer } from "../module/question.ts";
import { type ForeignReplay, replayLines } from "../module/replay.ts";
import { type ForeignSource, resolveForeign } from "./foreign_source.ts";
import { note, print } from "./terminal.ts";

/** How long a replay may stay at one operation, and a shrinker at its work. */
const OPERATION_MS = 10_000;
const SHRINK_MS = 300_000;

export interface ForeignReplayOptions {
  readonly isJson: boolean;
  /** The last operation to run. */
  readonly until: number | undefined;
}

export async function replayForeignCommand(
  word: string,
  { isJson, until }: ForeignReplayOptions,
): Promise<void> {
  const source = cutSource(await resolveForeign(word), until);
  const answer = await ask(source, "replay", OPERATION_MS);
  if (answer.kind !== "replay") throw new UserError(`${source.name}: gave no answer`);
  if (isJson) print(JSON.stringify(recordOf(source, answer.replay), null, 2));
  else print([headLine(source), ...replayLines(answer.replay)].join("\n"));
}

export interface ForeignShrinkOptions {
  readonly isJson: boolean;
  readonly out: string | undefined;
}

export async function shrinkForeignCommand(
  word: string,
  { isJson, out }: ForeignShrinkOptions,
): Promise<void> {
  const source = await resolveForeign(word);
  const answer = await ask(source, "shrink", SHRINK_MS);
  const shrunk = answer.kind === "shrink" ? answer.shrunk : undefined;
  if (shrunk === undefined) {
    throw new UserError(`${source.name}: it shows no finding, there is nothing to shrink`);
  }
  if (out !== undefined) writeWholeFile(out, shrunk.script);
  if (isJson) print(JSON.stringify({ source: word, ...shrunk }, null, 2));
  else if (out === undefined) print(shrunk.script);
  for (const line of shrunkLines(shrunk)) note(line);
}

function shrunkLines(shrunk: ShrunkAnswer): string[] {
  const { verdict, signature, operationsBefore, operations, tried, isComplete } = shrunk;
  const end = isComplete ? "" : ", ended before nothing was left to try";
  return [
    `${verdict}: ${signature}`,
    `${operationsBefore} operations became ${operations}, ${tried} candidates${end}`,
  ];
}

function cutSource(source: ForeignSource, until: number | undefined): ForeignSource {
  const { ops } = source.program;
  if (until === undefined) return source;
  if (until >= ops.length) {
    throw new UserError(`--until ${until}: the program has operations 0 to ${ops.length - 1}`);
  }
  return { ...source, program: { ...source.program, ops: ops.slice(0, until + 1) } };
}

async function ask(
  { name, options, program }: ForeignSource,
  kind: "replay" | "shrink",
  timeoutMs: number,
): Promise<ForeignAnswer> {
  const question: ForeignQuestion = { kind, script: printForeign(program), name };
  const answer = await askForeign(options, question, timeoutMs);
  if (answer.kind === "refused") throw new UserError(`${name}: cannot be started (${answer.why})`);
  if (answer.kind !== "lost") return answer;
  const op = program.ops[answer.index];
  const what = answer.how === "hung" ? "did not come back" : "took its thread down";
  throw new UserError(`${name}: ${what} from op ${answer.index}: ${op ? printForeignOp(op) : "?"}`);
}

function headLine({ name, program }: ForeignSource): string {
  const { path, plan } = loadForeign(program.choice);
  return `${name}: ${path}, ${bindingText(plan.binding)}`;
}

function recordOf({ name, program }: ForeignSource, replay: ForeignReplay): object {
  const { path, plan } = loadForeign(program.choice);
  const { steps, verdict, signature, impact, digest, ran, story } = replay;
  return {
    source: name,
    target: program.choice.target,
    file: path,
    convention: plan.binding.convention,
    operations: steps.map(({ text, result }) => ({ text, result })),
    ran,
    verdict,
    signature,
    impact,
    digest,
    story,
  };
}
