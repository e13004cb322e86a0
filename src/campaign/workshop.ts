// What a worker thread does its jobs with: an engine, and what it takes to write up what was found.
import { assert } from "../base/assert.ts";
import { answerForeign, type ForeignAnswer, type ForeignQuestion } from "../foreign/question.ts";
import { adoptModule } from "../wasm/load.ts";
import type { BatchEngine } from "./batch.ts";
import { CaseEngine } from "./engine.ts";
import {
  type Describer,
  describeFinding,
  describerFor,
  type FindingFolder,
} from "./finding_folder.ts";
import { foreignEngineFor } from "./foreign_engine.ts";
import { describeForeign } from "./foreign_folder.ts";
import type { CampaignOptions } from "./options.ts";
import type { CoreCode, ForeignCode } from "./protocol.ts";
import type { Finding } from "./tally.ts";

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
