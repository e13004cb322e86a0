// The programs of a run: a function of the seed and a number. One in three comes from the project's
// own generator, the others are written for the occasion (dense.ts).
import { Prng, type SeedWords } from "../../src/base/prng.ts";
import type { SlabHeap } from "../../src/slub/core/heap.ts";
import { Generator } from "../../src/slub/gen/generate.ts";
import { generateOptionsFor } from "../../src/slub/gen/options.ts";
import { decode } from "../../src/slub/program/decode.ts";
import type { Machine } from "../../src/slub/program/machine.ts";
import type { Program, ProgramOp } from "../../src/slub/program/op.ts";
import { slotsMadeBy } from "../../src/slub/program/scope.ts";
import { parseScript } from "../../src/slub/program/text.ts";
import { BUG_NAMES, type BugName } from "../../src/target/bug_names.ts";
import { denseProgram } from "./dense.ts";
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

/** Leaves a kernel with several CPUs the time to print what the operation before it caused. */
const LAST_WORD: ProgramOp = { op: "scrub" };
const LENGTHS = [20, 40, 80, 160, 300];
/** A kernel that hangs costs seconds: most programs end before. */
const HANGS_KEPT = 12;
const SHARED_ONE_IN = 5;

/** Makes programs for one setup. */
export class ProgramMaker {
  readonly #seed: SeedWords;
  readonly #machine: Machine;
  readonly #header: Program["header"];
  readonly #heap: SlabHeap;
  readonly #byClass = new Map<string, Generator>();

  constructor(seed: SeedWords, boot: Boot, heap: SlabHeap) {
    this.#seed = seed;
    this.#machine = machineOf(boot);
    this.#header = { boot: bootText(boot), profile: boot.kernel };
    this.#heap = heap;
  }

  make(id: number): TestProgram {
    const prng = new Prng(this.#seed, id);
    const drawn = prng.oneIn(3) ? this.#generated(prng, id) : this.#dense(prng);
    const named = renameCaches(drawn.program, `${id}`);
    const prepared = { header: this.#header, ops: withCleanStart(named.ops) };
    const { program, outcome } = makeFair(prepared, this.#machine, this.#heap);
    const spared = outcome === "hang" && !prng.oneIn(HANGS_KEPT);
    const ops = spared ? program.ops.slice(0, -1) : [...program.ops];
    const survives = spared || outcome === "done";
    if (survives) ops.push(LAST_WORD);
    const { origin } = drawn;
    return { id, origin, program: { ...program, ops }, outcome: survives ? "done" : outcome };
  }

  #dense(prng: Prng): { origin: string; program: Program } {
    const text = denseProgram(prng, this.#machine).join("\n");
    return { origin: "dense", program: parseScript(text, "dense") };
  }

  #generated(prng: Prng, id: number): { origin: string; program: Program } {
    const bug = prng.pick(BUG_NAMES);
    const generator = this.#generatorFor(bug, prng.pick(LENGTHS));
    const program = decode(generator.generate(id), this.#machine);
    const isShared = prng.oneIn(SHARED_ONE_IN);
    const ops = isShared ? program.ops : withoutKmalloc(program.ops);
    return { origin: bug, program: { ...program, ops: [{ op: "scrub" }, ...ops] } };
  }

  #generatorFor(bug: BugName, opCountMax: number): Generator {
    const name = `${bug} ${opCountMax}`;
    const known = this.#byClass.get(name);
    if (known !== undefined) return known;
    // The driver of the real kernels runs on one CPU.
    const shape = { seed: this.#seed, bugs: [bug], opCountMax, without: ["cpus"] as const };
    const made = new Generator(generateOptionsFor(this.#machine, shape));
    this.#byClass.set(name, made);
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
