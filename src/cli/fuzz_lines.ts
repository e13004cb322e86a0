// What slabfuzz fuzz says around its result: its first line, and the commands that carry on with
// the campaign or run it again.
import { counted } from "../base/count_text.ts";
import { omit } from "../base/fields.ts";
import { slabfuzzVersion } from "../base/version.ts";
import type { FuzzResult } from "../campaign/fuzz.ts";
import { rangeOf, type Start } from "../campaign/start.ts";
import { summaryLines } from "../campaign/summary.ts";
import { bugsText } from "../target/bug_names.ts";
import { note, print, printJson, shellLine } from "./terminal.ts";

/** Seed and options; what is done already, if there is any. */
export function firstLine({ target, header, before }: Start, jobs: number): string {
  const { options, text } = target;
  const shard = header.shard === "1/1" ? "" : `, shard ${header.shard}`;
  const done = before.isEmpty ? "" : `, resumed after ${counted(before.done.size, "case")}`;
  return (
    `slabfuzz ${slabfuzzVersion()}: fuzz ${options.target}, seed ${options.seed}, ` +
    `${text.place}, bugs ${bugsText(options.bugs)}, ` +
    `${text.unusual}ops ${options.opCountMax}, jobs ${jobs}${shard}${done}`
  );
}

/** How a result is shown. */
export interface ResultShape {
  readonly json?: boolean;
  readonly listAll?: boolean;
  readonly jobs?: number;
}

/** Prints the result of a campaign; `more` comes before the commands that go on or repeat it. */
export function showResult(
  result: FuzzResult,
  { json, listAll: listsAll = false, jobs = 1 }: ResultShape,
  more: readonly string[],
): void {
  const say = json === true ? note : print;
  const { summary, start, out: folder = "" } = result;
  if (json === true) printJson(fuzzRecord(result));
  else {
    const shape = { classes: start.target.options.bugs, listsAll, folder };
    print(["", ...summaryLines(summary, shape)]);
  }
  const repeat = repeatLine(result, jobs);
  const last = repeat === undefined ? [] : [`repeat: ${repeat}`];
  for (const line of [...more, ...last]) say(line);
}

/** How to go on where a run was interrupted. */
export function resumeLines(result: FuzzResult): readonly string[] {
  const { summary, isFinished, interrupted, out } = result;
  if (out === undefined || (isFinished && !interrupted)) return [];
  const line = shellLine(["slabfuzz", "fuzz", "--resume", out]);
  return [`interrupted after ${counted(summary.cases, "case")}; resume: ${line}`];
}

/** The command that runs the same cases again; undefined where no single one does. */
function repeatLine(result: FuzzResult, jobs: number): string | undefined {
  const limits = limitWords(result);
  if (limits === undefined) return undefined;
  const words = ["slabfuzz", "fuzz", ...result.start.target.text.words, ...limits];
  if (jobs > 1) words.push("--jobs", String(jobs));
  return shellLine(words);
}

/** Cases from 0 on are a number of cases; a finished shard is that shard. */
function limitWords({ start: { header }, done }: FuzzResult): string[] | undefined {
  const { cases, shard } = header;
  const [first, end] = done.ranges[0] ?? [0, 0];
  if (done.ranges.length <= 1 && first === 0 && end > 0) return ["--cases", String(end)];
  const isWholeShard = cases !== null && done.gapsIn(rangeOf(header)).length === 0;
  return isWholeShard ? ["--cases", String(cases), "--shard", shard] : undefined;
}

/** The result as data. */
function fuzzRecord({ start, summary, interrupted, guidance }: FuzzResult): object {
  const { target, header } = start;
  const { options, text } = target;
  return {
    slabfuzz: slabfuzzVersion(),
    target: options.target,
    ...text.placeRecord,
    bugs: bugsText(options.bugs),
    seed: String(options.seed),
    ...text.shapeRecord,
    shard: header.shard,
    interrupted,
    ...(guidance === undefined ? {} : { guidance: omit(guidance, "newestMs") }),
    ...summary,
  };
}
