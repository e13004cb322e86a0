// Findings at random, for tests of the shrinker: programs of all bug classes under many options.
import { CaseEngine } from "../../../src/slub/engine.ts";
import { DEFAULT_SHAPE } from "../../../src/slub/gen/options.ts";
import { decode } from "../../../src/slub/program/decode.ts";
import type { Program } from "../../../src/slub/program/op.ts";
import { INJECTED_BUGS } from "../../../src/target/bug_names.ts";

export const PROFILES = ["v6.1", "v6.12", "v3.10"];
export const OPTION_SETS = ["-", "F", "Z", "P", "FZ", "FP", "FZP", "FZPU"];

export interface FoundProgram {
  readonly program: Program;
  readonly verdict: string;
  readonly signature: string;
}

/** `count` findings, one profile and option set after the other. */
export function* someFindings(count: number, seed: bigint, opCountMax = 100) {
  const engines = PROFILES.flatMap((profile) =>
    OPTION_SETS.map((slubDebug) => {
      const machine = { profile, slubDebug };
      const options = { ...DEFAULT_SHAPE, target: "slub", machine, seed, opCountMax };
      return new CaseEngine({ ...options, bugs: INJECTED_BUGS });
    }),
  );
  for (let i = 0; i < count; i++) yield nextFinding(engines[i % engines.length], i);
}

/** The first case from a number on that shows something. */
function nextFinding(engine: CaseEngine, from: number): FoundProgram {
  for (let number = from; ; number++) {
    engine.run(number);
    const { verdict, signature, image, machine } = engine;
    if (verdict === "ok") continue;
    return { program: decode(image, machine), verdict, signature: signature.text };
  }
}
