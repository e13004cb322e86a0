// A guided search of a SLUB core in this thread, and what it came to.
import { highWord, lowWord } from "../../src/base/bytes.ts";
import { CaseMaker } from "../../src/search/guided_case.ts";
import { comparesBy } from "../../src/search/guided_jobs.ts";
import { GUIDED_ROUND, GuidedSearch } from "../../src/search/guided_search.ts";
import {
  type GuidedSlubCode,
  GuidedSlubEngine,
  guidedSlubTarget,
  ProbedSlubEngine,
} from "../../src/slub/guided.ts";
import { type SlubCode, slubTarget } from "../../src/slub/kind.ts";
import { parseBugs } from "../../src/target/bug_names.ts";
import type { MachineOverrides } from "../../src/target/options.ts";
import { isAlarm } from "../../src/target/verdict.ts";

interface SearchRequest {
  readonly cases: number;
  readonly target?: string;
  readonly machine?: MachineOverrides;
  readonly bugs?: string;
  readonly seed?: bigint;
}

/** Ends with the first round that has an alarm. */
export function searched(request: SearchRequest) {
  const { cases, target = "slub", machine = {}, bugs = "none", seed = 7n } = request;
  const guided = guidedSlubTarget(slubTarget({ target, seed, machine, bugs: parseBugs(bugs) }));
  const { code, compares, programs, words } = guided;
  const engine = new GuidedSlubEngine(code as GuidedSlubCode);
  const seedWords = { high: highWord(seed), low: lowWord(seed) };
  const comparing = new ProbedSlubEngine(compares.code as SlubCode);
  const compared = comparesBy({ engine: comparing, size: compares.size });
  const maker = new CaseMaker(programs, seedWords, compared);
  const search = new GuidedSearch({ words, seed: seedWords });
  const scripts: string[] = [];
  const alarms: string[] = [];
  const verdicts: Record<string, number> = {};
  while (scripts.length < cases && alarms.length === 0) {
    for (const one of search.nextRound(Math.min(GUIDED_ROUND, cases - scripts.length))) {
      const ops = maker.make(one);
      engine.run(ops);
      const { verdict, signature } = engine.outcome;
      verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
      if (isAlarm(verdict)) alarms.push(signature.text);
      scripts.push(programs.script(ops, []));
      const features = search.learn(one, engine.readEdges(), engine.outcome.ran);
      if (features.length > 0) search.corpus.add({ ops, features });
    }
  }
  return { scripts, alarms, verdicts, corpus: search.corpus.size, edges: search.record.reached };
}
