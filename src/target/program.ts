// A program with the target that it is for: what a script, a token, a JSON record or the folder of
// a finding comes to, and what commands do with it.
import * as v from "valibot";
import { readJson } from "../base/json_file.ts";
import { jsonList, jsonObject, jsonTextLike, jsonVersion } from "../base/schema.ts";
import { linesOf } from "../base/text_lines.ts";
import type { MachineOverrides, ModuleLimits } from "./options.ts";

/**
 * A program of either kind of target, and the target that it runs on. It never changes: `first`,
 * `withComments`, `onAnyCore` and `on` give another program. Get one from `programOfScript` or
 * `programOfToken`.
 */
export interface TargetProgram {
  /** What people call it: a file, a folder, a token, or stdin. */
  readonly name: string;
  readonly opCount: number;
  /** One line on where it comes from, such as another build; undefined where all is as usual. */
  readonly note: string | undefined;
  /** The one target that can run it; undefined where any core of the kernel's allocator can. */
  readonly onlyOn: string | undefined;
  /** Comments of its header, without their `#`. */
  readonly comments: readonly string[];
  /** The program as a script, with its header. */
  readonly script: string;
  /** Line of its first operation in the text that it was read from, counted from 1. */
  readonly firstLine: number;
  /** The program cut off behind its first `count` operations. */
  first(count: number): TargetProgram;
  /** The same with other comments in its header. */
  withComments(comments: readonly string[]): TargetProgram;
  /** The same for any core of its kind; itself where only one target can run it. */
  onAnyCore(): TargetProgram;
  /**
   * The same with a header that says all that the options say of the machine. Throws a UserError
   * for a machine that cannot be, and for any option if the program is one of a module.
   */
  on(machine: MachineOverrides): TargetProgram;
  /** Throws a UserError for a program that cannot run as it stands. */
  requireRunnable(): void;
  /** Runs it, and shows each operation with what it led to. */
  replay(request: ReplayRequest): Promise<readonly ReplayLine[]>;
  /**
   * The same as data, ready for JSON.stringify: `operations`, `verdict`, `signature`, `digest` ...
   */
  replayRecord(request: ReplayRequest): Promise<object>;
  /** Runs it, and gives the verdict. A verdict of `ok` means that it shows nothing. */
  judge(request?: JudgeRequest): Promise<ShownByRun>;
  /** The smallest program that shows the same; throws a UserError for one that shows nothing. */
  shrink(request: ShrinkRequest): Promise<ShrunkProgram>;
}

export interface ReplayRequest {
  /** `dmesg`: for people. `log`: the recordings' format; throws a UserError for one of a module. */
  readonly format: "dmesg" | "log";
  /** `slabs` or `slabinfo`: the heap after the last operation, instead of the operations. */
  readonly show?: string;
  readonly machine: MachineOverrides;
}

/** A line, and who says it: slabfuzz, an operation with news below it, or the kernel's log. */
export interface ReplayLine {
  readonly text: string;
  readonly kind: "plain" | "news" | "kernel";
}

export interface JudgeRequest {
  /** Replaces lines of the header; by default none. */
  readonly machine?: MachineOverrides;
  /**
   * Checks every rule, whatever it costs; by default rules that read all bytes in 1 of 16 cases.
   */
  readonly isThorough?: boolean;
}

/** What a program shows. */
export interface Shown {
  /** `ok` for a program that shows nothing. */
  readonly verdict: string;
  /** What makes two findings the same bug. */
  readonly signature: string;
  /** The worst thing that happened; `none` for nothing. */
  readonly impact: string;
}

/** What one run of it showed. */
export interface ShownByRun extends Shown {
  /** Sixteen hex digits over everything that was answered and printed. */
  readonly digest: string;
}

export interface ShrinkRequest {
  readonly machine: MachineOverrides;
  /**
   * Operations that all candidates together may run, about; default 1 000 000. A program of a
   * module has a limit of its own instead.
   */
  readonly effortMax?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ShrinkView) => void;
}

/** A shrinker at work. */
export interface ShrinkView {
  readonly operations: number;
  readonly tried: number;
  readonly pass: string;
}

export interface ShrunkProgram extends ShownByRun {
  readonly script: string;
  readonly operations: number;
  readonly operationsBefore: number;
  readonly tried: number;
  /** Nothing was left to try. */
  readonly isComplete: boolean;
  /** Other findings that candidates showed. */
  readonly slips: readonly ShrinkSlip[];
}

export interface ShrinkSlip extends Shown {
  readonly operations: number;
  readonly program: string;
}

/** What `programOfScript` takes: `name`, `file` and `text` are enough. */
export interface ScriptSource {
  /** What people call the program: a file, the folder of a finding, or stdin. */
  readonly name: string;
  /** The file that the text was read from, for complaints about its lines. */
  readonly file: string;
  /** The script, or a record in JSON: that is what begins with a brace. */
  readonly text: string;
  /** The target that the record of a finding names; by default the one in the script's header. */
  readonly target?: string;
  /** A target to run on instead; what its allocator lacks is asked for in other words. */
  readonly otherTarget?: OtherTarget;
  /** Limits of a module, in place of those that the script says or that are usual. */
  readonly limits?: ModuleLimits;
  /** How often rules are kept, as the record of a finding says. */
  readonly invariants?: string;
  /** The text was made from another form: its lines are no file's. */
  readonly isConverted?: boolean;
}

export interface OtherTarget {
  readonly target: string;
  /** For a module whose exports say nothing: malloc=NAME,free=NAME,... */
  readonly exports?: string;
}

const TARGET_LINE = /^#[ \t]*target[ \t]*:[ \t]*(\S.*)$/;

/** The target in a script's header; undefined if it names none. */
export function targetInScript(text: string, file: string): string | undefined {
  for (const { line } of linesOf(text, file)) {
    const target = TARGET_LINE.exec(line)?.[1];
    if (target !== undefined) return target;
    if (line !== "" && !line.startsWith("#")) return undefined;
  }
  return undefined;
}

const FORMAT = "slabfuzz-program";
const VERSION = 1;

/** What goes with a program that leaves. */
export interface ShownByScript {
  readonly script: string;
  readonly verdict: string;
  readonly signature: string;
  readonly impact: string;
}

/** The record, ready for JSON.stringify. */
export function jsonOfScript({ script, verdict, signature, impact }: ShownByScript): object {
  const lines = script.trimEnd().split("\n");
  const isHeader = (line: string) => line.startsWith("#");
  return {
    format: FORMAT,
    version: VERSION,
    verdict,
    signature,
    impact,
    header: lines.filter(isHeader).map((line) => line.replace(/^# ?/, "")),
    operations: lines
      .filter((line) => line !== "" && !isHeader(line))
      .map((line) => line.split(" ")),
  };
}

const line = jsonTextLike(/^[^\r\n]*$/, "text of one line");
const words = jsonList(jsonTextLike(/^\S+$/, "a word without blanks"));
/** A line that begins with `#` would be a comment, and an empty one nothing. */
const RECORD = jsonObject({
  format: v.literal(FORMAT, `must be ${FORMAT}`),
  version: jsonVersion(VERSION),
  header: jsonList(line),
  operations: jsonList(
    v.pipe(
      words,
      v.check(([first = "#"]) => !first.startsWith("#"), "must begin with an operation"),
    ),
  ),
});

/** The script in a record. Every complaint names the file, and the field that it is about. */
export function scriptOfJson(text: string, file: string): string {
  const { header, operations } = readJson({ text, name: file, kind: FORMAT }, RECORD);
  const comments = header.map((one) => `# ${one}`.trimEnd());
  return [...comments, ...operations.map((one) => one.join(" "))].join("\n");
}

/** Whether a text is meant as such a record. */
export function isJson(text: string): boolean {
  return /^\s*\{/.test(text);
}
