// Every program of a scope with one mistake in it: operations of the vocabulary, one mistake, and
// operations again. Each is judged by the oracle of `fuzz`, from its beginning on. For each class
// and verdict the shortest program is kept. That it is the shortest is proved, because all that are
// shorter were judged, too; programs that differ only in names are judged once.

import { Status } from "../abi.ts";
import { assert } from "../base/assert.ts";
import type { SlabHeap } from "../slub/core/heap.ts";
import { readCache } from "../slub/core/kmem_cache.ts";
import { EVERY_BYTE } from "../slub/options.ts";
import { decode } from "../slub/program/decode.ts";
import type { ProgramImage } from "../slub/program/image.ts";
import type { Machine } from "../slub/program/machine.ts";
import { printScript } from "../slub/program/text.ts";
import { Judge } from "../slub/run/judge.ts";
import type { BugName } from "../target/bug_names.ts";
import type { Verdict } from "../target/verdict.ts";
import { MISTAKE_FORMS, type MistakeForm } from "./mistake_forms.ts";
import { Grammar, type ProgramState } from "./program_state.ts";
import { isAllocation, isFree, type SearchScope, Vocabulary } from "./vocabulary.ts";

/** One allocation of a program, in the order of the program. */
interface Allocation {
  readonly cache: number;
  readonly name: number;
  readonly isUsed: boolean;
}

/** An operation of the vocabulary, or a mistake about the allocation or the cache of a number. */
type Step = number | { readonly form: MistakeForm; readonly about: number };

/** How programs of a class end. */
export interface MistakeOutcome {
  readonly cause: string;
  readonly verdict: Verdict;
  /** Operations of the shortest program, those that make the caches not counted. */
  readonly length: number;
  readonly script: string;
  /** Programs with this outcome. */
  readonly programs: number;
}

/** What came of one kernel and set of options. */
export interface MistakesFound {
  readonly programs: number;
  /** By class, in the order in which they were found. */
  readonly outcomes: readonly MistakeOutcome[];
}

/** What a search needs of a program so far. */
interface Open {
  readonly state: ProgramState;
  readonly steps: readonly Step[];
  readonly allocations: readonly Allocation[];
  readonly hasMistake: boolean;
}

export class MistakeSearch {
  readonly #vocabulary: Vocabulary;
  readonly #grammar: Grammar;
  readonly #machine: Machine;
  readonly #forms: readonly MistakeForm[];
  readonly #classes: ReadonlySet<string>;
  readonly #judge: Judge;
  readonly #strides: readonly number[];
  readonly #found = new Map<string, MistakeOutcome>();
  #programs = 0;

  /** `heap` is that of the core under test; what it held is lost. */
  constructor(heap: SlabHeap, scope: SearchScope, machine: Machine, classes: readonly BugName[]) {
    this.#vocabulary = new Vocabulary(scope, machine);
    this.#grammar = new Grammar(this.#vocabulary, "one by name");
    this.#machine = machine;
    this.#classes = new Set(classes);
    const fits = ({ needsOther = false }: MistakeForm) => !needsOther || scope.sizes.length > 1;
    this.#forms = MISTAKE_FORMS.filter((form) => {
      return fits(form) && form.classes.some((one) => classes.includes(one));
    });
    heap.configure(machine);
    this.#strides = stridesOf(heap, this.#vocabulary);
    this.#judge = new Judge(heap, EVERY_BYTE);
  }

  /** Judges all programs; `beat` is called for each. */
  run(beat: (programs: number) => void = () => {}): MistakesFound {
    this.#found.clear();
    this.#programs = 0;
    this.#extend(this.#begin(), beat);
    return { programs: this.#programs, outcomes: [...this.#found.values()] };
  }

  /** How many programs `run` judges, counted without running any. */
  count(): number {
    const known = new Map<string, number>();
    const count = (open: Open): number => {
      const key = this.#key(open);
      const before = known.get(key);
      if (before !== undefined) return before;
      let sum = 0;
      for (const next of this.#nextOf(open)) sum += Number(next.hasMistake) + count(next);
      known.set(key, sum);
      return sum;
    };
    return count(this.#begin());
  }

  #begin(): Open {
    return { state: this.#grammar.begin(), steps: [], allocations: [], hasMistake: false };
  }

  /** The same for programs with as many programs behind them. */
  #key(open: Open): string {
    const freed = open.allocations.filter(({ isUsed }) => !isUsed).length;
    const end = `${open.steps.length} ${open.hasMistake} ${endsWith(open)}`;
    return `${this.#grammar.key(open.state)} ${freed} ${end}`;
  }

  #extend(open: Open, beat: (programs: number) => void): void {
    for (const next of this.#nextOf(open)) {
      if (next.hasMistake) {
        this.#judgeOne(next);
        beat(this.#programs);
      }
      this.#extend(next, beat);
    }
  }

  /** The programs of one operation more. */
  *#nextOf(open: Open): Generator<Open> {
    const { ops } = this.#vocabulary.scope;
    const left = ops - open.steps.length;
    if (left === 0 || endsWith(open)) return;
    if (!open.hasMistake) yield* this.#mistakesAfter(open);
    if (!open.hasMistake && left === 1) return; // the mistake has to come now
    for (let op = 0; op < this.#vocabulary.ops.length; op++) {
      if (this.#grammar.allows(open.state, op)) yield this.#after(open, op);
    }
  }

  #after({ state, steps, allocations, hasMistake }: Open, number: number): Open {
    const op = this.#vocabulary.ops[number];
    const next = this.#grammar.begin().copyFrom(state);
    this.#grammar.apply(next, number);
    let now = allocations;
    if (isFree(op)) now = allocations.map((one) => freedIf(one, op.names.includes(one.name)));
    if (isAllocation(op)) {
      const made = op.names.map((name) => ({ cache: op.cache, name, isUsed: true }));
      now = [...allocations, ...made];
    }
    return { state: next, steps: [...steps, number], allocations: now, hasMistake };
  }

  *#mistakesAfter(open: Open): Generator<Open> {
    const { allocations, steps } = open;
    for (const form of this.#forms) {
      if (form.about === "cache") {
        for (const about of this.#vocabulary.scope.sizes.keys()) {
          const isInUse = allocations.some(({ cache, isUsed }) => isUsed && cache === about);
          if (isInUse) yield { ...open, steps: [...steps, { form, about }], hasMistake: true };
        }
        continue;
      }
      for (const [about, allocation] of allocations.entries()) {
        if (allocation.isUsed !== (form.about === "used")) continue;
        yield this.#afterMistake(open, form, about);
      }
    }
  }

  #afterMistake({ state, steps, allocations }: Open, form: MistakeForm, about: number): Open {
    const next = this.#grammar.begin().copyFrom(state);
    const isFreed = form.frees === true;
    if (isFreed) next.inUse[allocations[about].name] = 0;
    next.isBehindSwitch = false;
    return {
      state: next,
      steps: [...steps, { form, about }],
      allocations: allocations.map((one, i) => freedIf(one, isFreed && i === about)),
      hasMistake: true,
    };
  }

  #judgeOne({ steps }: Open): void {
    this.#programs++;
    const { judgement } = this.#judge.run(this.#imageOf(steps));
    const { cause, verdict } = judgement;
    if (!this.#classes.has(cause)) return;
    const key = `${cause} ${verdict}`;
    const before = this.#found.get(key);
    const programs = (before?.programs ?? 0) + 1;
    if (before !== undefined && before.length <= steps.length) {
      this.#found.set(key, { ...before, programs });
      return;
    }
    const script = printScript(decode(this.#imageOf(steps), this.#machine, []));
    this.#found.set(key, { cause, verdict, length: steps.length, script, programs });
  }

  #imageOf(steps: readonly Step[]): ProgramImage {
    const image = this.#vocabulary.begin();
    const slots: number[] = [];
    const made: { slot: number; cache: number }[] = [];
    for (const step of steps) {
      if (typeof step === "number") {
        this.#vocabulary.put(image, step, slots);
        const op = this.#vocabulary.ops[step];
        if (!isAllocation(op)) continue;
        for (const name of op.names) made.push({ slot: slots[name], cache: op.cache });
      } else this.#putMistake(image, step, made);
    }
    return image;
  }

  #putMistake(
    image: ProgramImage,
    { form, about }: Exclude<Step, number>,
    made: readonly { slot: number; cache: number }[],
  ): void {
    const { sizes } = this.#vocabulary.scope;
    const { slot, cache } = form.about === "cache" ? { slot: 0, cache: about } : made[about];
    const size = sizes[cache];
    const other = (cache + 1) % sizes.length;
    form.put({ image, slot, cache, size, stride: this.#strides[cache], other });
  }
}

function freedIf(allocation: Allocation, isFreed: boolean): Allocation {
  return isFreed ? { ...allocation, isUsed: false } : allocation;
}

function endsWith({ steps }: Open): boolean {
  const last = steps.at(-1);
  return typeof last === "object" && last.form.ends === true;
}

/** The distance of the objects of each cache. */
function stridesOf(heap: SlabHeap, vocabulary: Vocabulary): readonly number[] {
  const image = vocabulary.begin();
  heap.load(image);
  heap.reset();
  heap.run(0, image.opCount);
  return vocabulary.scope.sizes.map((_, i) => {
    const { status, valueLow } = heap.result(i);
    assert(status === Status.CREATED, "the caches of a scope can be made");
    return readCache(heap, valueLow).size;
  });
}
