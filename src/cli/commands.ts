// All commands, in the order of the help. To add one: a file in commands/ that exports
// `register(program)`, and a line here.
import type { Command } from "commander";
import { register as registerBench } from "./commands/bench.ts";
import { register as registerCi } from "./commands/ci.ts";
import { register as registerCorpus } from "./commands/corpus.ts";
import { register as registerCost } from "./commands/cost.ts";
import { register as registerExport } from "./commands/export.ts";
import { register as registerFuzz } from "./commands/fuzz.ts";
import { register as registerGeometry } from "./commands/geometry.ts";
import { register as registerGolden } from "./commands/golden.ts";
import { register as registerInit } from "./commands/init.ts";
import { register as registerMatrix } from "./commands/matrix.ts";
import { register as registerMerge } from "./commands/merge.ts";
import { register as registerMutate } from "./commands/mutate.ts";
import { register as registerReplay } from "./commands/replay.ts";
import { register as registerScore } from "./commands/score.ts";
import { register as registerShrink } from "./commands/shrink.ts";
import { register as registerTargets } from "./commands/targets.ts";

export const COMMANDS: readonly ((program: Command) => void)[] = [
  registerFuzz,
  registerMerge,
  registerReplay,
  registerShrink,
  registerMatrix,
  registerScore,
  registerBench,
  registerExport,
  registerCi,
  registerCorpus,
  registerInit,
  registerGeometry,
  registerTargets,
  registerCost,
  registerGolden,
  registerMutate,
];
