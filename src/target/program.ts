// A program with the target that it is for: what a script, a token, a JSON record or the folder of
// a finding comes to, and what commands do with it.
import type { MachineOverrides } from "./options.ts";

export interface TargetProgram {
  /** What people call it: a file, a folder, a token, or stdin. */
  readonly name: string;
  readonly opCount: number;
  /** What people ought to know of where it comes from; undefined for nothing. */
  readonly note: string | undefined;
  /** The one target that can run it; undefined where any core of the kernel's allocator can. */
  readonly onlyOn: string | undefined;
  /** Comments of its header, without their `#`. */
  readonly comments: readonly string[];
  /** The program as text. */
  readonly script: string;
  /** Line of its first operation in the text that it was read from, counted from 1. */
  readonly firstLine: number;
  /** The first operations of it. */
  first(count: number): TargetProgram;
  withComments(comments: readonly string[]): TargetProgram;
  /** The same for any core of its kind; itself where only one target can run it. */
  onAnyCore(): TargetProgram;
  /** The same with a header that says all that the options say of the machine. */
  on(machine: MachineOverrides): TargetProgram;
  /** Refuses a program that cannot run as it stands. */
  requireRunnable(): void;
  /** Runs it, and shows each operation. */
  replay(request: ReplayRequest): Promise<readonly ReplayLine[]>;
  /** The same as data. */
  replayRecord(request: ReplayRequest): Promise<object>;
  /** Runs it, and says what it shows. */
  judge(request?: JudgeRequest): Promise<ShownByRun>;
  /** The smallest program that shows the same; refuses a program that shows nothing. */
  shrink(request: ShrinkRequest): Promise<ShrunkProgram>;
}

export interface ReplayRequest {
  readonly format: "dmesg" | "log";
  /** What of the heap to show afterwards, instead of the operations. */
  readonly show?: string;
  readonly machine: MachineOverrides;
}

/** A line, and who says it: slabfuzz, an operation with news below it, or the kernel's log. */
export interface ReplayLine {
  readonly text: string;
  readonly kind: "plain" | "news" | "kernel";
}

export interface JudgeRequest {
  readonly machine?: MachineOverrides;
  /** Every rule is kept, whatever it costs. */
  readonly isThorough?: boolean;
}

/** What a program shows. */
export interface Shown {
  /** `ok` for a program that shows nothing. */
  readonly verdict: string;
  /** What makes two findings the same bug. */
  readonly signature: string;
  readonly impact: string;
}

/** What one run of it showed. */
export interface ShownByRun extends Shown {
  /** Sixteen digits over everything that was answered and printed. */
  readonly digest: string;
}

export interface ShrinkRequest {
  readonly machine: MachineOverrides;
  /** Work at most, in operations run, about. */
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

export interface ScriptSource {
  /** What people call the program: a file, the folder of a finding, or stdin. */
  readonly name: string;
  /** The file that the text was read from, for complaints about its lines. */
  readonly file: string;
  readonly text: string;
  /** The target that the record of a finding names. */
  readonly target?: string;
  /** How often rules are kept, as the record of a finding says. */
  readonly invariants?: string;
  /** The text was made from another form: its lines are no file's. */
  readonly isConverted?: boolean;
}

const TARGET_LINE = /^#\s*target:\s*(\S.*?)\s*$/;

/** The target in a script's header; undefined if it names none. */
export function targetInScript(text: string): string | undefined {
  for (const line of text.split("\n")) {
    const target = TARGET_LINE.exec(line)?.[1];
    if (target !== undefined) return target;
    if (line.trim() !== "" && !line.startsWith("#")) return undefined;
  }
  return undefined;
}
