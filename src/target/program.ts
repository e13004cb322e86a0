// A program with the target that it is for: what a script, a token, a JSON record or the folder of
// a finding comes to, and what commands do with it.
import type { MachineOverrides } from "./options.ts";

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
