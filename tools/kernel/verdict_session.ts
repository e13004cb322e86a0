// A run that compares verdicts: so many programs with a mistake for each kernel and set of options.
import { nowMs } from "../../src/base/clock.ts";
import { SlabHeap } from "../../src/slub/core/heap.ts";
import { printOp } from "../../src/slub/program/syntax.ts";
import { type Judged, runBatch } from "./batch.ts";
import { BATCH } from "./options.ts";
import { MISTAKEN_PROGRAM } from "./policies.ts";
import { ProgramMaker } from "./programs.ts";
import { Progress } from "./progress.ts";
import type { SessionRequest } from "./session.ts";
import { setupName } from "./setups.ts";
import { VerdictTally } from "./verdict_tally.ts";
import { compareVerdicts, isEqual, type VerdictPair } from "./verdicts.ts";
import { type Boot, Stopped } from "./vm.ts";

/** So many programs for each setup. */
export interface VerdictRequest extends Omit<SessionRequest, "show"> {
  readonly show: (finding: VerdictFinding) => void;
}

/** Two verdicts that differ, on a program that ran twice. */
export interface VerdictFinding {
  readonly boot: Boot;
  readonly judged: Judged;
  readonly pair: VerdictPair;
}

interface Task {
  readonly boot: Boot;
  readonly first: number;
  readonly count: number;
}

export async function runVerdicts(
  request: VerdictRequest,
): Promise<{ readonly tally: VerdictTally; readonly seconds: number }> {
  const session = new VerdictSession(request);
  const started = nowMs();
  await Promise.all(Array.from({ length: request.jobs }, () => session.work()));
  return { tally: session.tally, seconds: (nowMs() - started) / 1000 };
}

class VerdictSession {
  readonly tally: VerdictTally;
  readonly #request: VerdictRequest;
  readonly #tasks: readonly Task[];
  readonly #progress: Progress;
  #next = 0;

  constructor(request: VerdictRequest) {
    this.#request = request;
    this.#tasks = request.setups.flatMap((boot) => tasksOf(boot, request));
    this.#progress = new Progress(request.programs * request.setups.length);
    this.tally = new VerdictTally(request.seed.low);
  }

  async work(): Promise<void> {
    const heap = new SlabHeap();
    try {
      for (let i = this.#next++; i < this.#tasks.length; i = this.#next++) {
        await this.#run(this.#tasks[i], heap);
      }
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
    }
  }

  async #run({ boot, first, count }: Task, heap: SlabHeap): Promise<void> {
    const started = nowMs();
    const maker = new ProgramMaker(MISTAKEN_PROGRAM, this.#request.seed, boot, heap);
    const programs = Array.from({ length: count }, (_, i) => maker.make(first + i));
    let differences = 0;
    for (const judged of await runBatch(this.#request.machines, boot, heap, programs)) {
      const finding = await this.#judge(boot, judged, heap);
      this.tally.add(boot, finding.pair);
      if (!differs(finding)) continue;
      differences++;
      this.#request.show(finding);
    }
    const seconds = (nowMs() - started) / 1000;
    const done = this.tally.programs;
    const { say } = this.#request;
    say(this.#progress.line({ done, setup: setupName(boot), seconds, differences }));
  }

  /** A program that differs runs again alone, so that no other program can have an influence. */
  async #judge(boot: Boot, judged: Judged, heap: SlabHeap): Promise<VerdictFinding> {
    const finding = { boot, judged, pair: compareVerdicts(judged, heap) };
    if (!differs(finding)) return finding;
    const [again] = await runBatch(this.#request.machines, boot, heap, [judged.program]);
    return { boot, judged: again, pair: compareVerdicts(again, heap) };
  }
}

function differs({ pair }: VerdictFinding): boolean {
  return !pair.isRandom && !isEqual(pair);
}

function tasksOf(boot: Boot, { first, programs }: VerdictRequest): readonly Task[] {
  return Array.from({ length: Math.ceil(programs / BATCH) }, (_, i) => {
    return { boot, first: first + i * BATCH, count: Math.min(BATCH, programs - i * BATCH) };
  });
}

/** Both verdicts, and the script. */
export function showVerdicts({ boot, judged, pair }: VerdictFinding): string {
  const { program } = judged;
  const { kernel, core, unread, hasOtherAnswers } = pair;
  return [
    `=== ${setupName(boot)}, program ${program.id} (${program.origin})`,
    ...program.program.ops.map((op) => `  ${printOp(op)}`),
    `--- by the kernel's text: ${kernel.verdict}  ${kernel.signature}`,
    `--- by the core:          ${core.verdict}  ${core.signature}`,
    ...(hasOtherAnswers ? ["--- and some operation was answered otherwise"] : []),
    ...unread.map((line) => `--- not understood: ${line}`),
  ].join("\n");
}
