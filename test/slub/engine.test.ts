// A case gives the same results, reports and verdict, whatever case ran before it.
import { expect, it } from "vitest";
import { CaseEngine } from "../../src/slub/engine.ts";
import { DEFAULT_SHAPE } from "../../src/slub/gen/options.ts";
import type { SlubOptions } from "../../src/slub/options.ts";
import { INJECTED_BUGS } from "../../src/target/bug_names.ts";

const BOOTS = ["up", "smph", "v310"];
const LETTERS = ["-", "F", "FZPU"];

const machines = BOOTS.flatMap((boot) => LETTERS.map((letters) => [boot, letters] as const));

function outcomeOf(engine: CaseEngine, caseNumber: number): unknown {
  engine.run(caseNumber);
  const { signature, impact, ran, digestHigh, digestLow } = engine;
  return { signature, impact, ran, digestHigh, digestLow };
}

it.each(machines)(
  "a case on %s under %s gives the same result after other cases as alone",
  (boot, slubDebug) => {
    const options: SlubOptions = {
      ...DEFAULT_SHAPE,
      target: "slub",
      machine: { boot, slubDebug },
      bugs: INJECTED_BUGS,
      seed: 3n,
      opCountMax: 60,
    };
    const forwards = new CaseEngine(options);
    const backwards = new CaseEngine(options);
    const numbers = Array.from({ length: 400 }, (_, i) => i);
    const one = numbers.map((i) => outcomeOf(forwards, i));
    const other = [...numbers].reverse().map((i) => outcomeOf(backwards, i));
    expect(other.reverse()).toEqual(one);
    expect(outcomeOf(new CaseEngine(options), 77)).toEqual(one[77]);
  },
);
