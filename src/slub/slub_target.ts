// SLUB as a target: our core, one of its canaries, or a core from another build.
import { optionWords } from "../base/option_text.ts";
import { type CaseOutcome, type FailureKind, failedCase } from "../target/failure.ts";
import type { FindingFolder } from "../target/finding_folder.ts";
import type { Finding } from "../target/tally.ts";
import type { CampaignText, Target, TargetCode, TargetFile } from "../target/target.ts";
import { NO_PROGRAM } from "../target/token_text.ts";
import {
  buildOfCore,
  bytesOfCore,
  type CoreKind,
  isOwnBuild,
  loadModule,
  nameOfCore,
} from "./core/load.ts";
import type { ProgramShape } from "./gen/options.ts";
import { invariantsText } from "./invariant_text.ts";
import { type NamedCore, parseCore } from "./named_core.ts";
import { machineOf, type SlubOptions } from "./options.ts";
import { bootLineOf } from "./program/boot_line.ts";
import type { Machine } from "./program/machine.ts";
import { shapeText, shapeWords, workloadText } from "./shape_text.ts";
import { tokenOf } from "./token.ts";

/** What a worker thread gets: the core is compiled once for all, each worker has its own memory. */
export interface SlubCode extends TargetCode {
  readonly kind: "slub";
  readonly options: SlubOptions;
  readonly core: CoreKind;
  readonly module: WebAssembly.Module;
  readonly build: string;
}

export class SlubTarget implements Target {
  readonly options: SlubOptions;
  readonly #core: NamedCore;
  readonly #machine: Machine;

  constructor(options: SlubOptions) {
    this.options = options;
    this.#core = parseCore(options.target);
    this.#machine = machineOf(options);
  }

  get build(): string {
    return buildOfCore(this.#core.core);
  }

  get text(): CampaignText {
    return slubText(this.options, this.#machine);
  }

  get code(): SlubCode {
    const { core } = this.#core;
    const { options, build } = this;
    return { kind: "slub", options, core, module: loadModule(core), build };
  }

  get campaignToken(): string {
    const { options, build } = this;
    return tokenOf({ options, caseNumber: 0, build, program: NO_PROGRAM }, this.#machine);
  }

  /** Every slabfuzz has the core without deliberate bugs, whose build the token names. */
  get files(): readonly TargetFile[] {
    const { core } = this.#core;
    return core === "release" ? [] : [{ path: nameOfCore(core), bytes: bytesOfCore(core) }];
  }

  get dependsOnNode(): boolean {
    return !isOwnBuild(this.#core.core);
  }

  /** A core needs no measuring. */
  async prepare(): Promise<void> {}

  // What makes programs and writes them up is loaded by workers, and here where it is needed.
  async lost(how: FailureKind, caseNumber: number): Promise<CaseOutcome> {
    const { generatorFor } = await import("./engine.ts");
    const generator = generatorFor(this.options, this.#machine);
    const { opCount } = generator.generate(caseNumber);
    return failedCase(how, { bug: generator.bug, opCount });
  }

  async describeUnrun(finding: Finding): Promise<FindingFolder> {
    const { describeUnrunFinding } = await import("./describe.ts");
    return describeUnrunFinding(this.options, finding);
  }
}

/** `machine` is the one that the options resolve to. */
export function slubText(options: SlubOptions, machine: Machine): CampaignText {
  const boot = bootLineOf(machine);
  return {
    place: `${machine.profile}, boot ${boot}`,
    closing: [],
    unusual: unusualText(options),
    words: campaignWords(options),
    placeRecord: { profile: machine.profile, boot },
    shapeRecord: shapeRecord(options),
  };
}

function unusualText(options: SlubOptions): string {
  const rules = invariantsText(options.invariants);
  const words = [...shapeText(options).split(";"), rules && `rules ${rules}`];
  return words
    .filter((word) => word !== "")
    .map((word) => `${word}, `)
    .join("");
}

/** The words of a command line that ask for the campaign; what is as usual is left out. */
function campaignWords(options: SlubOptions): readonly string[] {
  const { target, machine, invariants, seed } = options;
  const place = {
    "--target": target === "slub" ? undefined : target,
    "--profile": machine.profile,
    "--boot": machine.boot,
    "--slub-debug": machine.slubDebug,
    "--cpus": machine.cpus,
    "--kconfig": machine.config,
  };
  const rules = invariants && invariantsText(invariants);
  const rest = { "--invariants": rules, "--seed": seed };
  return [...optionWords(place), ...shapeWords(options), ...optionWords(rest)];
}

function shapeRecord(shape: ProgramShape): object {
  const { bugsPerCase, twins, swarm, without, workload, sizes, opCountMax } = shape;
  const texts = { workload: workloadText(workload), size: String(sizes) };
  return { bugsPerCase, twins, swarm, without, ...texts, ops: opCountMax };
}
