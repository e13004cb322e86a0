// Which programs a run consists of: any, for the comparison of texts, or those with a mistake that
// is still in them when all that would be unfair is left out, for the comparison of verdicts.
import { EventKind } from "../../src/abi.ts";
import type { Prng } from "../../src/base/prng.ts";
import { bugsOn } from "../../src/slub/gen/features.ts";
import { encode } from "../../src/slub/program/encode.ts";
import type { ProgramOp } from "../../src/slub/program/op.ts";
import { parseScript } from "../../src/slub/program/text.ts";
import { Judge } from "../../src/slub/run/judge.ts";
import { logMachineOf } from "../../src/slub/words/log.ts";
import { BUG_NAMES, type BugName } from "../../src/target/bug_names.ts";
import { denseProgram } from "./dense.ts";
import {
  type Draw,
  type Policy,
  type Source,
  type TestProgram,
  withoutKmalloc,
} from "./programs.ts";

/**
 * A grace period of a running kernel may end between two frees, and what a stale pointer to a
 * kmalloc object hits is any of its own objects.
 */
const UNFAIR: readonly BugName[] = ["double-free-rcu", "sheaf-overwrite"];
const FAIR_BUGS = BUG_NAMES.filter((bug) => !UNFAIR.includes(bug));

/** Operations before the end game, at most. */
const LENGTHS = [20, 40, 80, 160, 300];
const SHARED_ONE_IN = 5;
/** Leaves a kernel with several CPUs the time to print what the operation before it caused. */
const LAST_WORD: ProgramOp = { op: "scrub" };

/** One in three comes from the project's own generator, the others from dense.ts. */
export const ANY_PROGRAM: Policy = {
  draws: 1,
  draw: (prng, number, source) =>
    prng.oneIn(3) ? drawGenerated(prng, number, source) : drawDense(prng, source),
  finish(made) {
    if (made.outcome !== "done") return made;
    return { ...made, program: { ...made.program, ops: [...made.program.ops, LAST_WORD] } };
  },
};

function drawDense(prng: Prng, { machine }: Source): Draw {
  const { ops } = parseScript(denseProgram(prng, machine).join("\n"), "dense");
  return { origin: "dense", ops };
}

function drawGenerated(prng: Prng, number: number, source: Source): Draw {
  const origin = prng.pick(bugsOn(source.machine.profile, FAIR_BUGS));
  const ops = source.generate(origin, prng.pick(LENGTHS), number);
  return { origin, ops: prng.oneIn(SHARED_ONE_IN) ? ops : withoutKmalloc(ops) };
}

const MISTAKEN_OPS = 100;
/** One in three is left without its mistake, or more with fewer checks. */
const MISTAKEN_DRAWS = 64;
/** Classes that are about kmalloc, whose caches the running kernel uses, too. */
const SHARED: ReadonlySet<BugName> = new Set(["overflow-slack", "krealloc-misuse"]);
const VERDICT_BUGS = FAIR_BUGS.filter((bug) => bug !== "none" && !SHARED.has(bug));

/** From the project's generator, each with a mistake. */
export const MISTAKEN_PROGRAM: Policy = {
  draws: MISTAKEN_DRAWS,
  draw(prng, number, source) {
    const origin = prng.pick(bugsOn(source.machine.profile, VERDICT_BUGS));
    return { origin, ops: withoutKmalloc(source.generate(origin, MISTAKEN_OPS, number)) };
  },
  finish(made, source) {
    const { isMistaken, speaksOnce } = look(made, source);
    return isMistaken ? { ...made, speaksOnce } : undefined;
  },
};

function look({ program }: TestProgram, { heap, machine }: Source) {
  heap.configure(machine);
  const judge = new Judge(heap);
  const { judgement } = judge.run(encode(program, machine));
  const { warnOnce } = logMachineOf(machine).words;
  const { reports } = judge.shadow.events;
  return {
    isMistaken: judgement.damage !== undefined,
    speaksOnce: reports.some(({ kind, code }) => kind === EventKind.WARN && warnOnce.has(code)),
  };
}
