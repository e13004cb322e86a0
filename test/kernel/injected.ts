// Programs for the comparison of verdicts: from the project's generator, each with a mistake that
// is still in it when all that would be unfair to a running kernel is left out.
import { EventKind } from "../../src/abi.ts";
import { Prng, type SeedWords } from "../../src/base/prng.ts";
import type { SlabHeap } from "../../src/slub/core/heap.ts";
import { Generator } from "../../src/slub/gen/generate.ts";
import { generateOptionsFor } from "../../src/slub/gen/options.ts";
import { decode } from "../../src/slub/program/decode.ts";
import { encode } from "../../src/slub/program/encode.ts";
import type { Machine } from "../../src/slub/program/machine.ts";
import type { Program } from "../../src/slub/program/op.ts";
import { Judge } from "../../src/slub/run/judge.ts";
import { logMachineOf } from "../../src/slub/words/log.ts";
import { type BugName, INJECTED_BUGS } from "../../src/target/bug_names.ts";
import { makeFair } from "./fair.ts";
import { renameCaches, type TestProgram, withCleanStart, withoutKmalloc } from "./programs.ts";
import { bootText, machineOf } from "./setups.ts";
import type { Boot } from "./vm.ts";

/** Operations before the end game, at most. */
const OPS = 100;
/** A kernel that hangs costs seconds: most programs end before. */
const HANGS_KEPT = 12;
/** Draws for one program. One in three is left without its mistake, or more with fewer checks. */
const DRAWS_MAX = 64;

/** Classes that are about kmalloc, whose caches the running kernel uses, too. */
const SHARED: ReadonlySet<BugName> = new Set(["overflow-slack", "krealloc-misuse"]);
export const VERDICT_BUGS: readonly BugName[] = INJECTED_BUGS.filter((bug) => !SHARED.has(bug));

export class InjectedMaker {
  readonly #seed: SeedWords;
  readonly #machine: Machine;
  readonly #header: Program["header"];
  readonly #heap: SlabHeap;
  readonly #byClass = new Map<BugName, Generator>();

  constructor(seed: SeedWords, boot: Boot, heap: SlabHeap) {
    this.#seed = seed;
    this.#machine = machineOf(boot);
    this.#header = { boot: bootText(boot), profile: boot.kernel };
    this.#heap = heap;
  }

  /** Draws until a program has a mistake. */
  make(id: number): TestProgram {
    const prng = new Prng(this.#seed, id);
    for (let draw = 0; draw < DRAWS_MAX; draw++) {
      const made = this.#draw(prng, id, id * DRAWS_MAX + draw);
      if (made !== undefined) return made;
    }
    throw new Error(`program ${id}: no mistake is left in any of ${DRAWS_MAX}`);
  }

  #draw(prng: Prng, id: number, number: number): TestProgram | undefined {
    const origin = prng.pick(VERDICT_BUGS);
    const generated = decode(this.#generatorFor(origin).generate(number), this.#machine);
    const ops = [{ op: "scrub" } as const, ...withoutKmalloc(generated.ops)];
    const named = renameCaches({ ...generated, ops }, `${id}`);
    const prepared = { header: this.#header, ops: withCleanStart(named.ops) };
    const { program, outcome } = makeFair(prepared, this.#machine, this.#heap);
    const isSpared = outcome === "hang" && !prng.oneIn(HANGS_KEPT);
    const kept = isSpared ? { ...program, ops: program.ops.slice(0, -1) } : program;
    const { isMistaken, speaksOnce } = this.#look(kept);
    if (!isMistaken) return undefined;
    return { id, origin, program: kept, outcome: isSpared ? "done" : outcome, speaksOnce };
  }

  #look(program: Program): { isMistaken: boolean; speaksOnce: boolean } {
    this.#heap.configure(this.#machine);
    const judge = new Judge(this.#heap);
    const { judgement } = judge.run(encode(program, this.#machine));
    const { warnOnce } = logMachineOf(this.#machine).words;
    const { reports } = judge.shadow.events;
    return {
      isMistaken: judgement.damage !== undefined,
      speaksOnce: reports.some(({ kind, code }) => kind === EventKind.WARN && warnOnce.has(code)),
    };
  }

  #generatorFor(bug: BugName): Generator {
    const known = this.#byClass.get(bug);
    if (known !== undefined) return known;
    // The driver of the real kernels runs on one CPU.
    const shape = { seed: this.#seed, bugs: [bug], opCountMax: OPS, without: ["cpus"] as const };
    const made = new Generator(generateOptionsFor(this.#machine, shape));
    this.#byClass.set(bug, made);
    return made;
  }
}
