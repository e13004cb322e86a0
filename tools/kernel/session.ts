// A run: batches of programs, each on one setup, a few machines at a time, until all are judged.
import { nowMs } from "../../src/base/clock.ts";
import type { SeedWords } from "../../src/base/prng.ts";
import { SlabHeap } from "../../src/slub/core/heap.ts";
import { runBatch } from "./batch.ts";
import { type Finding, kindOf, shrinkFinding } from "./differences.ts";
import { BATCH } from "./options.ts";
import { ANY_PROGRAM } from "./policies.ts";
import { ProgramMaker } from "./programs.ts";
import { Progress } from "./progress.ts";
import { setupName } from "./setups.ts";
import { Tally } from "./tally.ts";
import { type Boot, type Machines, Stopped } from "./vm.ts";

export interface SessionRequest {
  readonly machines: Machines;
  readonly setups: readonly Boot[];
  readonly seed: SeedWords;
  /** The number of the first program. */
  readonly first: number;
  readonly programs: number;
  readonly jobs: number;
  readonly say: (line: string) => void;
  /** A new kind of difference was met, and shrunk. */
  readonly show: (finding: Finding) => void;
}

/** A kind of difference, and how often it was met. */
export interface Kind {
  readonly name: string;
  count: number;
}

export interface SessionResult {
  readonly tally: Tally;
  readonly kinds: readonly Kind[];
  readonly seconds: number;
}

const SHRUNK_MAX = 20;

export async function runSession(request: SessionRequest): Promise<SessionResult> {
  const session = new Session(request);
  const started = nowMs();
  await Promise.all(Array.from({ length: request.jobs }, () => session.work()));
  return { ...session.result(), seconds: (nowMs() - started) / 1000 };
}

class Session {
  readonly #request: SessionRequest;
  readonly #tally = new Tally();
  readonly #kinds = new Map<string, Kind>();
  readonly #progress: Progress;
  #next = 0;

  constructor(request: SessionRequest) {
    this.#request = request;
    this.#progress = new Progress(request.programs);
  }

  result(): Omit<SessionResult, "seconds"> {
    const kinds = [...this.#kinds.values()].sort((a, b) => b.count - a.count);
    return { tally: this.#tally, kinds };
  }

  /** Takes batches as long as there are any, and the machines may run. */
  async work(): Promise<void> {
    try {
      await this.#takeBatches(new SlabHeap());
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
    }
  }

  async #takeBatches(heap: SlabHeap): Promise<void> {
    for (let batch = this.#next++; batch * BATCH < this.#request.programs; batch = this.#next++) {
      await this.#runBatch(batch, heap);
    }
  }

  async #runBatch(batch: number, heap: SlabHeap): Promise<void> {
    const { machines, setups, seed, first, programs, say } = this.#request;
    const number = Math.floor(first / BATCH) + batch;
    const boot = setups[number % setups.length];
    const maker = new ProgramMaker(ANY_PROGRAM, seed, boot, heap);
    const count = Math.min(BATCH, programs - batch * BATCH);
    const drawn = Array.from({ length: count }, (_, i) => maker.make(number * BATCH + i));
    const started = nowMs();
    const judged = await runBatch(machines, boot, heap, drawn);
    for (const answer of judged) this.#tally.add(boot, answer);
    const findings = judged
      .filter(({ verdict }) => !verdict.comparison.equal && !verdict.isRandom)
      .map((answer) => ({ boot, judged: answer, number: answer.program.id }));
    const done = this.#tally.programs;
    const seconds = (nowMs() - started) / 1000;
    const setup = setupName(boot);
    say(this.#progress.line({ done, setup, seconds, differences: findings.length }));
    for (const finding of findings) {
      if (await this.#differsAgain(finding, heap)) await this.#take(finding, heap);
      else this.#tally.addUnsteady(boot);
    }
  }

  /** With several CPUs a kernel may print a line late, for one. */
  async #differsAgain({ boot, judged }: Finding, heap: SlabHeap): Promise<boolean> {
    const [again] = await runBatch(this.#request.machines, boot, heap, [judged.program]);
    return !again.verdict.comparison.equal;
  }

  /** The first of a kind is shrunk. */
  async #take(finding: Finding, heap: SlabHeap): Promise<void> {
    const { difference } = finding.judged.verdict.comparison;
    if (difference === undefined) return;
    const name = kindOf(difference);
    const known = this.#kinds.get(name);
    if (known !== undefined) {
      known.count++;
      return;
    }
    this.#kinds.set(name, { name, count: 1 });
    const { machines, show } = this.#request;
    const isOneOfMany = this.#kinds.size > SHRUNK_MAX;
    show(isOneOfMany ? finding : await shrinkFinding(machines, heap, finding));
  }
}
