// Whole cases of the target workload: one cache of 320 bytes with FZPU, programs of up to 200
// operations and an end game. Run alone, run and judged, and generated, run, judged and counted.
import { Op } from "../src/abi.ts";
import { type Contender, timed } from "../src/compare/bench/measure.ts";
import { SlabHeap } from "../src/slub/core/heap.ts";
import { CaseEngine } from "../src/slub/engine.ts";
import { Generator } from "../src/slub/gen/generate.ts";
import { DEFAULT_SHAPE, generateOptionsFor } from "../src/slub/gen/options.ts";
import type { SlubOptions } from "../src/slub/options.ts";
import { resolveMachine } from "../src/slub/program/boot.ts";
import type { ProgramImage } from "../src/slub/program/image.ts";
import { opOf, slot2Of } from "../src/slub/program/record.ts";
import { Judge } from "../src/slub/run/judge.ts";
import { type BugName, INJECTED_BUGS } from "../src/target/bug_names.ts";
import { runBatch } from "../src/targets/batch.ts";
import type { Group } from "./table.ts";

const CASE_OPS = 200;

/** What the target workload does without: everything that asks for another cache. */
const WITHOUT = ["caches", "merge", "ctor", "rcu", "hwalign", "align"] as const;
const WITHOUT_KMALLOC = ["kmalloc", "krealloc", "ksize", "large"] as const;

const MACHINE = { profile: "v6.1", boot: "up", slubDebug: "FZPU" };

/** A campaign of the target workload. */
export function targetCampaign(bugs: readonly BugName[]): SlubOptions {
  return {
    ...DEFAULT_SHAPE,
    target: "slub",
    machine: MACHINE,
    seed: 1n,
    bugs,
    swarm: false,
    without: [...WITHOUT, ...WITHOUT_KMALLOC],
    sizes: [320],
    opCountMax: CASE_OPS,
  };
}

/** Cases of a round: enough for every bug class. Every round plays the same ones. */
const CASES = 128;

export function caseGroups(): Group[] {
  return [
    {
      name: "programs of the target workload, FZPU",
      baseline: "run",
      contenders: () => [runContender(false), runContender(true), judgeContender()],
    },
    {
      name: "whole cases of the target workload, FZPU",
      baseline: "no bugs",
      contenders: () => [
        caseContender("no bugs", ["none"]),
        caseContender("all bugs", INJECTED_BUGS),
      ],
    },
  ];
}

interface Prepared {
  readonly image: ProgramImage;
  readonly marks: readonly number[];
  readonly census: number;
}

/** Clean programs, each with an image of its own. */
function prepare(): Prepared[] {
  const machine = resolveMachine({ comments: [] }, MACHINE);
  const { seed: _, machine: __, target: ___, ...shape } = targetCampaign(["none"]);
  const options = generateOptionsFor(machine, { ...shape, seed: { high: 0, low: 1 } });
  return Array.from({ length: CASES }, (_, number) => {
    const generator = new Generator(options);
    const image = generator.generate(number);
    return { image, marks: generator.marks, census: generator.census };
  });
}

function operationsOf(cases: readonly Prepared[]): number {
  return cases.reduce((sum, { image }) => sum + image.opCount, 0);
}

/** How many operations a case has on average, those of its end among them. */
export function operationsOfCase(): number {
  return operationsOf(prepare()) / CASES;
}

/** By operation: how many of them the programs have, each object of a list counted. */
export function kindsOfOperations(): Float64Array {
  const kinds = new Float64Array(256);
  for (const { image } of prepare()) {
    for (let op = 0; op < image.opCount; op++) {
      const kind = opOf(image.words, op);
      kinds[kind] += LISTS.includes(kind) ? slot2Of(image.words, op) : 1;
    }
  }
  return kinds;
}

const LISTS: readonly Op[] = [Op.ALLOC_N, Op.FREE_N, Op.BULK_ALLOC, Op.BULK_FREE];

function runContender(isThorough: boolean): Contender {
  const cases = prepare();
  const operations = operationsOf(cases);
  const heap = new SlabHeap();
  heap.isThorough = isThorough;
  heap.configure(resolveMachine({ comments: [] }, MACHINE));
  const runAll = () => {
    for (const { image } of cases) {
      heap.load(image);
      heap.reset();
      heap.run(0, image.opCount);
    }
  };
  return { name: isThorough ? "run, thorough" : "run", round: () => timed(operations, runAll) };
}

function judgeContender(): Contender {
  const cases = prepare();
  const operations = operationsOf(cases);
  const heap = new SlabHeap();
  heap.configure(resolveMachine({ comments: [] }, MACHINE));
  const judge = new Judge(heap);
  const judgeAll = () => {
    for (const { image, marks, census } of cases) judge.run(image, marks, census);
  };
  return { name: "run and judged", round: () => timed(operations, judgeAll) };
}

function caseContender(name: string, bugs: readonly BugName[]): Contender {
  const engine = new CaseEngine(targetCampaign(bugs));
  const play = () => runBatch(engine, { first: 0, count: CASES });
  const { operations } = play().tally;
  return { name, round: () => timed(operations, play) };
}
