// Every bug class on the kernel with sheaves, under every set of options that differs in what it
// checks: each case has a verdict, and none breaks a rule of the allocator or is blamed on another
// mistake. And clean programs are quiet. Take more cases of each with
//
//   SLABFUZZ_SWEEP=20000 npx vitest run --config vitest.deep.config.ts test/deep/sheaves
//
// SLABFUZZ_SWEEP_CLEAN is the number of clean ones; by default it is 50 times as large.
import { expect, it } from "vitest";
import { SlabHeap } from "../../src/slub/core/heap.ts";
import { bugsOn } from "../../src/slub/gen/features.ts";
import type { Machine } from "../../src/slub/program/machine.ts";
import { Judge } from "../../src/slub/run/judge.ts";
import { type BugName, INJECTED_BUGS } from "../../src/target/bug_names.ts";
import { VERDICTS } from "../../src/target/verdict.ts";
import { generatorFor, machineOf } from "../helper/judge.ts";

const CASES = Number(process.env.SLABFUZZ_SWEEP ?? 40);
const CLEAN_CASES = Number(process.env.SLABFUZZ_SWEEP_CLEAN ?? 50 * CASES);
const LETTERS = ["-", "F", "Z", "P", "FZ", "FP", "FZP", "FZPU"] as const;
const BOOTS = ["smp", "debian"] as const;
const SETTINGS = LETTERS.flatMap((slubDebug) => BOOTS.map((boot) => ({ boot, slubDebug })));
const BUGS = bugsOn("v7.3", INJECTED_BUGS);
const SEED = 18;

function machine73(boot: string, slubDebug: string): Machine {
  return machineOf({ profile: "v7.3", boot, slubDebug });
}

/** The cases of a class whose verdict is one of these, by number. */
function casesWith(
  heap: SlabHeap,
  machine: Machine,
  { bug, count, verdicts }: { bug: BugName; count: number; verdicts: readonly string[] },
): readonly string[] {
  const generator = generatorFor(machine, [bug], SEED);
  const judge = new Judge(heap);
  const found: string[] = [];
  for (let i = 0; i < count; i++) {
    const { verdict } = judge.run(generator.generate(i)).judgement;
    if (verdicts.includes(verdict)) found.push(`${bug}, case ${i}: ${verdict}`);
  }
  return found;
}

const WRONG = VERDICTS.filter((verdict) => ["invariant", "misattributed"].includes(verdict));
const LOUD = VERDICTS.filter((verdict) => verdict !== "ok");

it.each(SETTINGS)("no mistake is a rule broken on v7.3 $boot $slubDebug", (setting) => {
  const machine = machine73(setting.boot, setting.slubDebug);
  const heap = new SlabHeap();
  heap.configure(machine);
  const found = BUGS.flatMap((bug) =>
    casesWith(heap, machine, { bug, count: CASES, verdicts: WRONG }),
  );
  expect(found).toEqual([]);
});

it.each(SETTINGS)("clean programs are quiet on v7.3 $boot $slubDebug", (setting) => {
  const machine = machine73(setting.boot, setting.slubDebug);
  const heap = new SlabHeap();
  heap.configure(machine);
  const count = Math.ceil(CLEAN_CASES / SETTINGS.length);
  expect(casesWith(heap, machine, { bug: "none", count, verdicts: LOUD })).toEqual([]);
});
