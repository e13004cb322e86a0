// A SLUB core on a worker thread: runs the cases of a campaign, and writes its findings up.
import type { FindingFolder } from "../target/finding_folder.ts";
import type { Finding } from "../target/tally.ts";
import type { TargetWorker } from "../target/target.ts";
import { adoptModule } from "./core/load.ts";
import { type Describer, describeFinding, describerFor } from "./describe.ts";
import { CaseEngine } from "./engine.ts";
import type { SlubOptions } from "./options.ts";
import { modelBeside } from "./run/answer_model.ts";
import type { SlubCode } from "./slub_target.ts";

export class SlubWorker implements TargetWorker {
  readonly engine: CaseEngine;
  readonly #options: SlubOptions;
  /** Made when the first finding is to be written up. */
  #describer: Describer | undefined;

  constructor({ options, core, module, build }: SlubCode) {
    adoptModule(core, module, build);
    this.#options = options;
    this.engine = new CaseEngine(options, { model: modelBeside(core) });
  }

  describe(finding: Finding, shrinks: boolean): FindingFolder {
    this.#describer ??= describerFor(this.#options, this.engine);
    return describeFinding(this.#describer, finding, shrinks);
  }

  /** A core is asked nothing that the main thread cannot find out. */
  answer(question: unknown): never {
    throw new Error(`a core has no answer to ${String(question)}`);
  }
}
