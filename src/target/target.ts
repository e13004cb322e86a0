// An allocator under test: everything that a campaign, a command or an export asks of one. There
// are two kinds, the kernel's SLUB (src/slub/) and any WebAssembly module with an allocator
// (src/module/); only src/targets/targets.ts knows that there are two.
import type { CaseOutcome, FailureKind } from "./failure.ts";
import type { FindingFolder } from "./finding_folder.ts";
import type { CampaignOptions } from "./options.ts";
import type { Finding } from "./tally.ts";

/** One allocator, and the campaign that is to be run on it. */
export interface Target {
  readonly options: CampaignOptions;
  /** Eight digits that change with the allocator's bytes and with how slabfuzz runs them. */
  readonly build: string;
  readonly text: CampaignText;
  /** What a worker thread needs to run the target: it travels between threads. */
  readonly code: TargetCode;
  /** The token of the campaign itself: all options in one word, and no program. */
  readonly campaignToken: string;
  /**
   * What the allocator was read from, its module first, for machines that lack it. None where every
   * slabfuzz of this build has it.
   */
  readonly files: readonly TargetFile[];
  /**
   * Whether another version of Node may run it otherwise. WebAssembly leaves open how deep calls
   * may go and which bits a NaN has; only what slabfuzz is built with is known to need neither.
   */
  readonly dependsOnNode: boolean;
  /** Measures what has to be known before the first case; refuses what cannot be started. */
  prepare(): Promise<void>;
  /** How a case counts that a worker was lost with: what it was is known, not what it did. */
  lost(how: FailureKind, caseNumber: number): Promise<CaseOutcome>;
  /** The folder of a finding that cannot be run again: its worker would hang or die once more. */
  describeUnrun(finding: Finding): Promise<FindingFolder>;
}

/** A file as it was on the machine that a campaign comes from. */
export interface TargetFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** How command lines and records speak of a campaign. */
export interface CampaignText {
  /** What it runs on: a kernel and its boot parameters, or a module and how it is called. */
  readonly place: string;
  /** The lines that end a summary; none where there is nothing to say about the target. */
  readonly closing: readonly string[];
  /** What is not as usual, for the first line of a run: each with a comma behind it. */
  readonly unusual: string;
  /** The words of a command line that ask for the campaign. */
  readonly words: readonly string[];
  /** Fields of its record: what it runs on, and what its programs are like. */
  readonly placeRecord: object;
  readonly shapeRecord: object;
}

/** Opaque outside the kind of target that made it. */
export interface TargetCode {
  readonly kind: string;
}

/** Runs cases by their numbers, and says what came of the last one. */
export interface Engine extends CaseOutcome {
  run(caseNumber: number): void;
}

/** A target on a worker thread. */
export interface TargetWorker {
  readonly engine: Engine;
  /**
   * Makes the example of a finding again, checks it, writes it up, and shrinks it if asked to.
   * Shrinking a module's program ends when `isOver` says so.
   */
  describe(finding: Finding, shrinks: boolean, isOver?: () => boolean): FindingFolder;
  /** Answers what its kind of target asks; `begin` is called before each step. */
  answer(question: unknown, begin: (index: number) => void): unknown;
}

/** Has a question answered by a worker thread that is there for nothing else. */
export type AskWorker = (
  code: TargetCode,
  question: unknown,
  timeoutMs: number,
) => Promise<WorkerReply>;

export type WorkerReply =
  | { readonly kind: "answer"; readonly answer: unknown }
  /** It hung or died; `index` is the step that it was at. */
  | { readonly kind: "lost"; readonly how: "hung" | "died"; readonly index: number };
