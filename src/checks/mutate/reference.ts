// The unspoilt core goes through all trials once: what it answers is what a mutant is held against,
// and where it comes by tells which mutants a program can see at all.
import { UserError } from "../../base/user_error.ts";
import { SlabHeap } from "../../slub/core/heap.ts";
import { adoptModule } from "../../slub/core/load.ts";
import { baselineText } from "../cost/baseline.ts";
import type { MutableModule, Mutant } from "./mutant.ts";
import { costOfMutant } from "./mutant_cost.ts";
import { ReachProbe } from "./reach_probe.ts";
import { alarmOf, type Trial } from "./trials.ts";

/** What is known of one trial; it travels to the workers as it is. */
export interface Expectations {
  readonly trials: readonly TrialAnswers[];
  /** What operations cost the unspoilt core, as a baseline of the cost. */
  readonly cost: string;
}

interface TrialAnswers {
  /** Digest of the answers to each program. */
  readonly answers: readonly bigint[];
}

/** Programs that come by a mutant's place: for a trial, their numbers. */
export interface Reached {
  readonly trial: number;
  readonly cases: readonly number[];
}

export class Reference {
  readonly expectations: Expectations;
  readonly #probe: ReachProbe;
  /** Flags of each program of each trial. */
  readonly #flags: readonly (readonly Uint32Array[])[];

  constructor(module: MutableModule, mutants: readonly Mutant[], trials: readonly Trial[]) {
    this.#probe = new ReachProbe(module.file, mutants);
    adoptModule("other:reference", new WebAssembly.Module(this.#probe.bytes));
    const heap = new SlabHeap("other:reference");
    const walks = trials.map((trial) => this.#walk(trial, heap));
    this.expectations = {
      trials: walks.map(({ answers }) => ({ answers })),
      cost: baselineText(costOfMutant(module, [])),
    };
    this.#flags = walks.map(({ flags }) => flags);
  }

  /** Programs that come by a mutant's place. */
  reachOf(mutant: Mutant): readonly Reached[] {
    return this.#flags.flatMap((flags, trial) => {
      const cases = flags.flatMap((up, i) => (this.#probe.isReached(mutant, up) ? [i] : []));
      return cases.length === 0 ? [] : [{ trial, cases }];
    });
  }

  #walk(trial: Trial, heap: SlabHeap): { answers: bigint[]; flags: Uint32Array[] } {
    const { player } = trial;
    const take = (): Uint32Array => this.#probe.takeFlags(heap.core as never);
    take();
    player.boot(heap);
    // Whatever booting comes by shapes every program.
    const boot = take();
    const answers: bigint[] = [];
    const flags: Uint32Array[] = [];
    for (let i = 0; i < player.count; i++) {
      answers.push(player.answer(i));
      const alarm = trial.kind === "golden" ? undefined : alarmOf(trial, i);
      if (alarm !== undefined) throw refused(player.name, alarm.signature);
      flags.push(take().map((word, k) => word | boot[k]));
    }
    return { answers, flags };
  }
}

function refused(check: string, signature: string): UserError {
  return new UserError(
    `the target itself fails ${check} (${signature}): make it pass, then mutate`,
  );
}
