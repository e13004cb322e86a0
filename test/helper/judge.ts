// Scripts and generated cases, judged, for tests.
import { SlabHeap } from "../../src/slub/core/heap.ts";
import { bugsOn } from "../../src/slub/gen/features.ts";
import { Generator } from "../../src/slub/gen/generate.ts";
import { generateOptionsFor } from "../../src/slub/gen/options.ts";
import type { Shadow } from "../../src/slub/oracle/shadow.ts";
import type { Judgement } from "../../src/slub/oracle/verdict.ts";
import { machineFor, resolveMachine } from "../../src/slub/program/boot.ts";
import { encode } from "../../src/slub/program/encode.ts";
import type { Machine } from "../../src/slub/program/machine.ts";
import { parseScript } from "../../src/slub/program/text.ts";
import { Judge } from "../../src/slub/run/judge.ts";
import { BUG_NAMES, type BugName, INJECTED_BUGS } from "../../src/target/bug_names.ts";
import type { MachineOverrides } from "../../src/target/options.ts";

export interface Judged {
  readonly judgement: Judgement;
  readonly signature: string;
  readonly shadow: Shadow;
}

const heap = new SlabHeap();

/** Runs and judges a script. */
export function judgeScript(text: string, overrides: MachineOverrides = {}): Judged {
  const program = parseScript(text, "test.slab");
  const machine = machineFor(program, overrides);
  heap.configure(machine);
  const judge = new Judge(heap);
  const result = judge.run(encode(program, machine));
  return {
    judgement: result.judgement,
    signature: judge.signatureOf(result).text,
    shadow: judge.shadow,
  };
}

/** The classes that every kernel can have. */
export const COMMON_BUGS: readonly BugName[] = bugsOn("v6.1", INJECTED_BUGS);

/** A machine as the command line would ask for it. */
export function machineOf(overrides: MachineOverrides): Machine {
  return resolveMachine({ comments: [] }, overrides);
}

/** A generator for a machine. */
export function generatorFor(
  machine: Machine,
  bugs: readonly BugName[] = BUG_NAMES,
  seed = 7,
  opCountMax = 60,
): Generator {
  return new Generator(
    generateOptionsFor(machine, { seed: { high: 0, low: seed }, bugs, opCountMax }),
  );
}
