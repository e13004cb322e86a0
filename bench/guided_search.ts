// One search for a planted bug, blind or guided, in this thread: operations until the oracle blames
// the allocator, and edges reached by then.
import { highWord, lowWord } from "../src/base/bytes.ts";
import { EdgeRecord } from "../src/search/edge_record.ts";
import { GUIDED_ROUND, GuidedSearch } from "../src/search/guided_search.ts";
import { type GuidedSlubCode, GuidedSlubEngine, guidedSlubTarget } from "../src/slub/guided.ts";
import { slubTarget } from "../src/slub/kind.ts";
import { parseBugs } from "../src/target/bug_names.ts";
import type { GuidedTarget } from "../src/target/guided.ts";
import { isAlarm } from "../src/target/verdict.ts";

export interface Search {
  readonly target: string;
  readonly slubDebug: string;
  readonly bugs: string;
  readonly profile?: string;
  readonly boot?: string;
}

export interface Searched {
  /** Operations until then; infinite if it was not found. */
  readonly found: number;
  readonly edges: number;
}

function guidedOf({ target, slubDebug, bugs, profile, boot }: Search, seed: bigint): GuidedTarget {
  const machine = { slubDebug, profile, boot };
  return guidedSlubTarget(slubTarget({ target, seed, bugs: parseBugs(bugs), machine }));
}

/** Programs of the generator, one after the other. */
export function searchBlind(search: Search, seed: bigint, budget: number): Searched {
  const { code, programs, words } = guidedOf(search, seed);
  const engine = new GuidedSlubEngine(code as GuidedSlubCode);
  const record = new EdgeRecord(words);
  let operations = 0;
  for (let number = 0; operations < budget; number++) {
    engine.run(programs.generate(number));
    operations += Math.max(engine.outcome.ran, 1);
    record.add(engine.readEdges());
    if (isAlarm(engine.outcome.verdict)) return { found: operations, edges: record.reached };
  }
  return { found: Number.POSITIVE_INFINITY, edges: record.reached };
}

export function searchGuided(search: Search, seed: bigint, budget: number): Searched {
  const { code, programs, words } = guidedOf(search, seed);
  const engine = new GuidedSlubEngine(code as GuidedSlubCode);
  const guided = new GuidedSearch({
    ...{ programs, words },
    seed: { high: highWord(seed), low: lowWord(seed) },
  });
  let operations = 0;
  while (operations < budget) {
    for (const one of guided.nextRound(GUIDED_ROUND)) {
      engine.run(guided.programOf(one));
      operations += Math.max(engine.outcome.ran, 1);
      guided.take(one, engine.readEdges(), engine.outcome.ran);
      const { reached: edges } = guided.record;
      if (isAlarm(engine.outcome.verdict)) return { found: operations, edges };
    }
  }
  return { found: Number.POSITIVE_INFINITY, edges: guided.record.reached };
}

export function medianOf(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}
