// One search for a bug, blind or guided, in this thread: operations until the oracle blames the
// allocator, and edges reached by then.
import { highWord, lowWord } from "../src/base/bytes.ts";
import { EdgeRecord } from "../src/search/edge_record.ts";
import { CaseMaker, type GuidedCase } from "../src/search/guided_case.ts";
import { comparesBy } from "../src/search/guided_jobs.ts";
import { GUIDED_ROUND, GuidedSearch } from "../src/search/guided_search.ts";
import { parseBugs } from "../src/target/bug_names.ts";
import type { GuidedOps } from "../src/target/guided.ts";
import { isAlarm } from "../src/target/verdict.ts";
import {
  guidedTargetOf,
  guidedWorkerFor,
  probedEngineFor,
  targetFor,
} from "../src/targets/targets.ts";

export interface Search {
  readonly target: string;
  readonly slubDebug?: string;
  readonly bugs: string;
  readonly profile?: string;
  readonly boot?: string;
  /** Operations of a program, at most; the generator's default where it is not said. */
  readonly opCountMax?: number;
}

export interface Searched {
  /** Operations until then; infinite if it was not found. */
  readonly found: number;
  readonly edges: number;
}

/** The ways of a search: programs of the generator one after the other, or guided by edges. */
export const WAYS = ["blind", "guided"] as const;
export type Way = (typeof WAYS)[number];

export async function searched(
  way: Way,
  search: Search,
  seed: bigint,
  budget: number,
): Promise<Searched> {
  const bench = await benchOf(search, seed);
  return way === "blind" ? searchBlind(bench, budget) : searchGuided(bench, budget);
}

async function benchOf(search: Search, seed: bigint) {
  const { target, bugs, slubDebug, profile, boot, opCountMax } = search;
  const machine = { slubDebug, profile, boot };
  const common = { target, seed, bugs: parseBugs(bugs), opCountMax };
  const isCore = slubDebug !== undefined;
  const guided = await guidedTargetOf(await targetFor(isCore ? { ...common, machine } : common));
  const { engine, programs } = await guidedWorkerFor(guided.code);
  const { code, size } = guided.compares;
  const compares = comparesBy({ engine: await probedEngineFor(code), size });
  const words64 = { high: highWord(seed), low: lowWord(seed) };
  const maker = new CaseMaker(programs, words64, compares);
  return { engine, maker, words: guided.words, seed: words64 };
}

type Bench = Awaited<ReturnType<typeof benchOf>>;

function searchBlind({ engine, words }: Bench, budget: number): Searched {
  const record = new EdgeRecord(words);
  let operations = 0;
  for (let number = 0; operations < budget; number++) {
    engine.runGenerated(number);
    operations += Math.max(engine.outcome.ran, 1);
    record.add(engine.readEdges());
    if (isAlarm(engine.outcome.verdict)) return { found: operations, edges: record.reached };
  }
  return { found: Number.POSITIVE_INFINITY, edges: record.reached };
}

function searchGuided(bench: Bench, budget: number): Searched {
  const { engine, words, seed } = bench;
  const search = new GuidedSearch({ words, seed });
  let operations = 0;
  while (operations < budget) {
    for (const one of search.nextRound(GUIDED_ROUND)) {
      if (operations >= budget) break;
      const opsOf = runCase(bench, one);
      operations += Math.max(engine.outcome.ran, 1);
      const features = search.learn(one, engine.readEdges(), engine.outcome.ran);
      if (features.length > 0) search.corpus.add({ ops: opsOf(), features });
      const { reached: edges } = search.record;
      if (isAlarm(engine.outcome.verdict)) return { found: operations, edges };
    }
  }
  return { found: Number.POSITIVE_INFINITY, edges: search.record.reached };
}

/** Runs it; returns what gives its operations. */
function runCase({ engine, maker }: Bench, one: GuidedCase): () => GuidedOps {
  if (one.source.kind === "generated") {
    engine.runGenerated(one.source.caseNumber);
    return () => maker.make(one);
  }
  const ops = maker.make(one);
  engine.run(ops);
  return () => ops;
}

export function medianOf(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}
