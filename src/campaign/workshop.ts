// What a worker thread does its jobs with: an engine, and what it takes to write up what was found.
import { assert } from "../base/assert.ts";
import { describeForeign } from "../module/finding_folder.ts";
import { foreignEngineFor } from "../module/foreign_engine.ts";
import { answerForeign, type ForeignAnswer, type ForeignQuestion } from "../module/question.ts";
import { adoptModule } from "../slub/core/load.ts";
import { CaseEngine } from "../slub/engine.ts";
import {
  type Describer,
  describeFinding,
  describerFor,
  type FindingFolder,
} from "../slub/finding_folder.ts";
import type { Finding } from "../target/tally.ts";
import type { BatchEngine } from "./batch.ts";
import type { CampaignOptions } from "./options.ts";
import type { CoreCode, ForeignCode } from "./protocol.ts";

export interface Workshop {
  readonly engine: BatchEngine;
  describe(finding: Finding, shrinks: boolean): FindingFolder;
  answer(question: ForeignQuestion, begin: (index: number) => void): ForeignAnswer;
}

export function workshopFor(options: CampaignOptions, code: CoreCode | ForeignCode): Workshop {
  return code.kind === "core" ? coreWorkshop(options, code) : foreignWorkshop(options, code);
}

function coreWorkshop(options: CampaignOptions, { core, module }: CoreCode): Workshop {
  adoptModule(core, module);
  const engine = new CaseEngine(options);
  /** Made when the first finding is to be written up. */
  let describer: Describer | undefined;
  return {
    engine,
    describe(finding, shrinks) {
      describer ??= describerFor(options, engine);
      return describeFinding(describer, finding, shrinks);
    },
    answer() {
      assert(false, "nobody asks the core what only a foreign module can tell");
    },
  };
}

function foreignWorkshop(options: CampaignOptions, code: ForeignCode): Workshop {
  const engine = foreignEngineFor(options, code);
  return {
    engine,
    describe: (finding, shrinks) => describeForeign({ options, engine, code }, finding, shrinks),
    answer: (question, begin) => answerForeign(engine, question, begin),
  };
}
