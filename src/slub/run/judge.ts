// Runs one program on a heap and judges it: the core does what the program says, the shadow
// follows, and where a mistake is made the bytes around it are looked at before and after.
//
// A generated program says where its mistakes are (`marks`): all between two of them runs in one
// call of the core. Any other program runs operation by operation, and the shadow says beforehand
// whether the next one is within its rights.
import { Window } from "../../abi.ts";
import { Digest } from "../../base/hash.ts";
import type { Signature } from "../../target/signature.ts";
import type { SlabHeap } from "../core/heap.ts";
import { linearOfWindow } from "../core/memory.ts";
import { comparePages, takeCensus } from "../detect/census.ts";
import { comparePaint } from "../detect/paint.ts";
import { isSuspicious, targetOfWrite } from "../oracle/foresee.ts";
import type { ReportSource } from "../oracle/kernel_report.ts";
import { oracleMachineOf, RunRecord } from "../oracle/machine.ts";
import { Shadow } from "../oracle/shadow.ts";
import { opWordOf, signatureOfJudgement } from "../oracle/signature.ts";
import { NONE } from "../oracle/slabs.ts";
import { follow } from "../oracle/step.ts";
import { type Judgement, judge, signatureKey } from "../oracle/verdict.ts";
import type { InvariantCadence } from "../oracle/violation.ts";
import { ProgramImage } from "../program/image.ts";
import { hasSheaves } from "../program/machine.ts";
import type { AnswerModel } from "./answer_model.ts";
import { digestRun } from "./digest.ts";
import { lookIntoSheaves } from "./sheaf_sight.ts";

/** Bytes looked at on either side of a write, so that a whole free pointer is in view. */
const MARGIN = 8;
const EVIDENCE_MAX = 1 << 16;

/** What came of one case. */
export interface CaseResult {
  readonly judgement: Judgement;
  /** Operations that ran. */
  readonly ran: number;
  /** One number for each signature. */
  readonly key: number;
  readonly digestHigh: number;
  readonly digestLow: number;
}

/** Looks at memory around each operation. */
interface Onlooker {
  before(op: number): void;
  after(op: number): void;
}

export class Judge {
  readonly heap: SlabHeap;
  readonly shadow: Shadow;
  readonly #record = new RunRecord(new ProgramImage());
  readonly #digest = new Digest();
  readonly #ramLinear: number;
  readonly #startPages: number;
  readonly #model: AnswerModel | undefined;
  #next = 0;
  #isOver = false;

  /**
   * The heap must be configured; another machine needs another judge. `reports`: who says what the
   * kernel said, unless it is the core. `model`: what answers to clean programs are held against.
   */
  constructor(
    heap: SlabHeap,
    cadence?: InvariantCadence,
    reports?: ReportSource,
    model?: AnswerModel,
  ) {
    this.heap = heap;
    this.#model = model;
    this.shadow = new Shadow(oracleMachineOf(heap.machine), this.#record, cadence, reports);
    heap.reset();
    this.#ramLinear = linearOfWindow(heap, Window.RAM);
    this.#startPages = heap.core.pages_in_use();
  }

  /**
   * Runs and judges a program; `marks`: operations to look at closely, `census`: where to count.
   */
  run(image: ProgramImage, marks?: readonly number[], census = NONE): CaseResult {
    this.#begin(image);
    if (marks === undefined) this.#runCarefully();
    else this.#runBetween(marks, census);
    return this.#result();
  }

  /** The same one by one, for a program without marks; `onRun` hears of each operation. */
  runShown(image: ProgramImage, onRun: (op: number) => void): CaseResult {
    this.#begin(image);
    this.#runCarefully(onRun);
    return this.#result();
  }

  /** Follows the first `end` operations one by one, with a follower that looks before and after. */
  follow(image: ProgramImage, end: number, onlooker: Onlooker): void {
    this.#begin(image);
    while (!this.#isOver && this.#next < Math.min(end, image.opCount)) {
      const op = this.#next;
      onlooker.before(op);
      this.#runLooking();
      onlooker.after(op);
    }
  }

  /** A copy of RAM from an offset on. */
  ramBytes(at: number, size: number): Uint8Array {
    const first = this.#ramLinear + at;
    return this.heap.views.u8.slice(first, first + size);
  }

  signatureOf(result: CaseResult): Signature {
    const { judgement } = result;
    return signatureOfJudgement(judgement, opWordOf(this.#record.image, judgement));
  }

  #begin(image: ProgramImage): void {
    this.heap.load(image);
    this.heap.reset();
    this.#record.image = image;
    this.#next = 0;
    this.#isOver = false;
    this.#view();
    this.shadow.begin(this.#record);
  }

  #view(): void {
    const { areas, views } = this.heap;
    this.#record.u8 = views.u8;
    this.#record.i32 = views.i32;
    this.#record.resultAt = areas.result >>> 2;
    this.#record.extraAt = areas.extra;
    this.#record.eventAt = areas.event;
    this.#record.eventBytes = this.heap.eventBytes;
  }

  #runBetween(marks: readonly number[], census: number): void {
    for (const mark of marks) {
      if (census !== NONE && census < mark && this.#next <= census) this.#runCounting(census);
      this.#runUntil(mark);
      this.#runLooking();
    }
    if (census !== NONE && this.#next <= census) this.#runCounting(census);
    this.#runUntil(this.#record.image.opCount);
  }

  #runCounting(census: number): void {
    this.#runUntil(census);
    if (!this.#isOver) this.#count();
  }

  #count(): void {
    takeCensus(this.heap, this.shadow);
    comparePaint(this.heap, this.shadow);
  }

  #runCarefully(onRun?: (op: number) => void): void {
    while (!this.#isOver && this.#next < this.#record.image.opCount) {
      const op = this.#next;
      if (isSuspicious(this.shadow, op)) this.#runLooking();
      else this.#runUntil(op + 1);
      if (this.#next > op) onRun?.(op);
    }
    // Without a place for the census, everything is counted when the program is done.
    if (!this.#isOver) this.#count();
  }

  /** Runs operations up to `end`, which is not run. */
  #runUntil(end: number): void {
    const count = end - this.#next;
    if (count <= 0 || this.#isOver) return;
    const ran = this.heap.run(this.#next, count);
    this.#view();
    this.shadow.events.extend(this.#record);
    follow(this.shadow, this.#next, this.#next + ran);
    this.#next += ran;
    this.#isOver = ran < count || this.shadow.hasEnded;
  }

  /** Runs one operation, and keeps the bytes around its target from before and after. */
  #runLooking(): void {
    if (this.#isOver || this.#next >= this.#record.image.opCount) return;
    const op = this.#next;
    if (hasSheaves(this.heap.machine)) {
      this.shadow.sighting = lookIntoSheaves(this.heap, this.shadow, op);
    }
    const target = targetOfWrite(this.shadow, op);
    if (target === undefined) {
      this.#runUntil(op + 1);
      return;
    }
    const at = Math.max(target.at - MARGIN, 0);
    const size = Math.min(target.length + 2 * MARGIN, EVIDENCE_MAX, this.shadow.ram.bytes - at);
    const before = this.ramBytes(at, size);
    // The shadow must have the evidence when it follows the operation.
    const ran = this.heap.run(op, 1);
    this.#view();
    this.shadow.evidence.push({ op, at, before, after: this.ramBytes(at, size) });
    this.shadow.events.extend(this.#record);
    follow(this.shadow, op, op + ran);
    this.#next += ran;
    this.#isOver = ran === 0 || this.shadow.hasEnded;
  }

  /** Of a program without any mistake, and which broke no other rule. */
  #compareAnswers(): void {
    const { damages, violations, events, checked } = this.shadow;
    const isClean = damages.length + violations.length + events.reports.length === 0;
    if (this.#model === undefined || !isClean || !checked.includes("other-answer")) return;
    const op = this.#model.differingOp(this.heap, this.#record.image);
    if (op === undefined) return;
    const about = { op, cache: NONE, object: NONE, found: 0, expected: 0 };
    violations.push({ invariant: "other-answer", ...about });
  }

  #digestNow(): Digest {
    return digestRun(this.#digest, this.heap, this.#record.image, this.#next);
  }

  /** Runs the program once more with every check made: it must answer and print the same. */
  #compareThorough(high: number, low: number): void {
    const { violations, checked } = this.shadow;
    if (this.heap.isThorough || !checked.includes("skipped-check")) return;
    this.heap.isThorough = true;
    this.heap.reset();
    this.heap.run(0, this.#next);
    const thorough = this.#digestNow();
    this.heap.isThorough = false;
    if (thorough.high === high && thorough.low === low) return;
    const about = { op: this.#next - 1, cache: NONE, object: NONE, found: 0, expected: 0 };
    violations.push({ invariant: "skipped-check", ...about });
  }

  #result(): CaseResult {
    if (!this.#isOver && this.shadow.damages.length === 0) {
      comparePages(this.heap, this.shadow, this.#startPages);
    }
    this.#compareAnswers();
    const { high: digestHigh, low: digestLow } = this.#digestNow();
    this.#compareThorough(digestHigh, digestLow);
    const judgement = judge(this.shadow);
    return {
      judgement,
      ran: this.#next,
      key: signatureKey(judgement, opWordOf(this.#record.image, judgement)),
      digestHigh,
      digestLow,
    };
  }
}
