// The programs of a run: a function of the seed and a number. A policy (policies.ts) says where
// they come from; what would be unfair to a running kernel is left out of all of them.
import { Prng, type SeedWords } from "../../src/base/prng.ts";
import type { SlabHeap } from "../../src/slub/core/heap.ts";
import { Generator } from "../../src/slub/gen/generate.ts";
import { generateOptionsFor } from "../../src/slub/gen/options.ts";
import { decode } from "../../src/slub/program/decode.ts";
import type { Machine } from "../../src/slub/program/machine.ts";
import type { Program, ProgramOp } from "../../src/slub/program/op.ts";
import { slotsMadeBy } from "../../src/slub/program/scope.ts";
import type { BugName } from "../../src/target/bug_names.ts";
import { makeFair, type Outcome } from "./fair.ts";
import { CACHE_NAME_MAX } from "./limits.ts";
import { bootText, machineOf } from "./setups.ts";
import type { Boot } from "./vm.ts";

export interface TestProgram {
  /** Its number: with the seed and the setup all that it depends on. */
  readonly id: number;
  /** `dense`, or a bug class of the generator. */
  readonly origin: string;
  readonly program: Program;
  /** How it ends on the core. */
  readonly outcome: Outcome;
  /** It has a warning printed that a kernel prints once. */
  readonly speaksOnce?: boolean;
}

/** A kernel that hangs costs seconds: most programs end before. */
const HANGS_KEPT = 12;

/** Programs as they are before what is unfair goes. */
export interface Source {
  readonly machine: Machine;
  readonly heap: SlabHeap;
  /** The case of that number, with a mistake of the class. */
  generate(bug: BugName, opCountMax: number, number: number): readonly ProgramOp[];
}

/** What a maker draws, and what of it counts. */
export interface Policy {
  /** Draws for one program, at most. */
  readonly draws: number;
  /** `number` is different for each draw of each program. */
  draw(prng: Prng, number: number, source: Source): Draw;
  /** The program to be run; undefined to draw again. */
  finish(program: TestProgram, source: Source): TestProgram | undefined;
}

export interface Draw extends Pick<TestProgram, "origin"> {
  readonly ops: readonly ProgramOp[];
}

/** Makes programs for one setup. */
export class ProgramMaker implements Source {
  readonly machine: Machine;
  readonly heap: SlabHeap;
  readonly #seed: SeedWords;
  readonly #policy: Policy;
  readonly #header: Program["header"];
  readonly #generators = new Map<string, Generator>();

  constructor(policy: Policy, seed: SeedWords, boot: Boot, heap: SlabHeap) {
    this.machine = machineOf(boot);
    this.heap = heap;
    this.#seed = seed;
    this.#policy = policy;
    this.#header = { boot: bootText(boot), profile: boot.kernel };
  }

  make(id: number): TestProgram {
    const prng = new Prng(this.#seed, id);
    const { draws } = this.#policy;
    for (let draw = 0; draw < draws; draw++) {
      const drawn = this.#policy.draw(prng, id * draws + draw, this);
      const made = this.#policy.finish(this.#fair(drawn, prng, id), this);
      if (made !== undefined) return made;
    }
    throw new Error(`program ${id}: none of ${draws} draws is of use`);
  }

  generate(bug: BugName, opCountMax: number, number: number): readonly ProgramOp[] {
    const { ops } = decode(this.#generatorFor(bug, opCountMax).generate(number), this.machine);
    return [{ op: "scrub" }, ...ops];
  }

  #fair({ origin, ops }: Draw, prng: Prng, id: number): TestProgram {
    const named = renameCaches({ header: this.#header, ops }, `${id}`);
    const prepared = { header: this.#header, ops: withCleanStart(named.ops) };
    const { program, outcome } = makeFair(prepared, this.machine, this.heap);
    const isSpared = outcome === "hang" && !prng.oneIn(HANGS_KEPT);
    if (!isSpared) return { id, origin, program, outcome };
    return { id, origin, program: { ...program, ops: program.ops.slice(0, -1) }, outcome: "done" };
  }

  #generatorFor(bug: BugName, opCountMax: number): Generator {
    const name = `${bug} ${opCountMax}`;
    const known = this.#generators.get(name);
    if (known !== undefined) return known;
    // The driver of the real kernels runs on one CPU, and their grace periods end when they like.
    const without = ["cpus", "kfree-rcu"] as const;
    const shape = { seed: this.#seed, bugs: [bug], opCountMax, without };
    const made = new Generator(generateOptionsFor(this.machine, shape));
    this.#generators.set(name, made);
    return made;
  }
}

/** Programs of one boot must not share names: `c0` becomes `c0_17`. */
export function renameCaches(program: Program, suffix: string): Program {
  const ops = program.ops.map((op) => {
    if (!("name" in op)) return op;
    return { ...op, name: `${op.name.replace(/_.*$/, "")}_${suffix}`.slice(0, CACHE_NAME_MAX) };
  });
  return { header: program.header, ops };
}

/**
 * The kernel's own objects share the kmalloc caches; without them a program is compared to the
 * letter.
 */
export function withoutKmalloc(ops: readonly ProgramOp[]): readonly ProgramOp[] {
  const slots = new Set<string>();
  return ops.filter((op) => {
    const isKmalloc = op.op === "kmalloc" || op.op === "krealloc";
    if (isKmalloc) for (const slot of slotsMadeBy(op)) slots.add(slot);
    if (isKmalloc || ["kfree", "ksize", "kgeometry", "kvalidate"].includes(op.op)) return false;
    return !placesOf(op).some((slot) => slots.has(slot));
  });
}

/** Slots that an operation takes a pointer from. */
export function placesOf(op: ProgramOp): readonly string[] {
  const fields = op as unknown as Readonly<Record<string, { readonly slot?: string } | undefined>>;
  const named = ["target", "value", "other", "head"].map((key) => fields[key]?.slot);
  const several = op.op === "bulkfree" ? op.targets.map(({ slot }) => slot) : [];
  return [...named.filter((slot) => slot !== undefined), ...several];
}

/**
 * What another program of the same boot left behind goes: in the named memory, and in the count of
 * constructor calls.
 */
export function withCleanStart(ops: readonly ProgramOp[]): readonly ProgramOp[] {
  const used = new Set(ops.flatMap(placesOf));
  const fills = ["glob", "vglob"].filter((name) => used.has(name)).map(cleanOp);
  const counts = ops.filter(({ op }) => op === "ctorcalls").slice(0, 1);
  return [...fills, ...counts, ...ops];
}

function cleanOp(slot: string): ProgramOp {
  return { op: "fill", target: { slot, offset: 0 }, offset: 0, length: 4096, byte: 0 };
}
