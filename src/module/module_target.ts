// Any WebAssembly module with an allocator as a target. Nothing of a module runs on the main
// thread: a worker thread measures it before anything else, and says which one cannot be started.
import { optionWords } from "../base/option_text.ts";
import { UserError } from "../base/user_error.ts";
import { shortName } from "../base/visible.ts";
import { bugsText } from "../target/bug_names.ts";
import type { CaseOutcome, FailureKind } from "../target/failure.ts";
import type { FindingFolder } from "../target/finding_folder.ts";
import type { Finding } from "../target/tally.ts";
import type {
  AskWorker,
  CampaignText,
  Target,
  TargetCode,
  TargetFile,
  TargetWorker,
  WorkerReply,
} from "../target/target.ts";
import { NO_PROGRAM } from "../target/token_text.ts";
import { foreignShape, lostModuleCase } from "./cases.ts";
import type { ModuleDescriber } from "./describe.ts";
import { describeModuleFinding, describeUnrunModuleFinding } from "./describe.ts";
import { ForeignEngine, type ForeignModule } from "./engine.ts";
import type { Footprint } from "./judge/footprint.ts";
import { bindingText, functionsOf } from "./load/binding.ts";
import { limitsOf, limitWords } from "./load/limits.ts";
import { type ForeignTarget, loadForeign } from "./load/load.ts";
import { blockSizesText, type ModuleOptions, moduleOf } from "./options.ts";
import { answerForeign, type ForeignAnswer, type ForeignQuestion, type Probe } from "./question.ts";
import { moduleToken } from "./token.ts";

/** What a worker thread gets: the module, compiled, and how much it can give once that is known. */
export interface ModuleCode extends TargetCode, ForeignModule {
  readonly kind: "module";
  readonly options: ModuleOptions;
  readonly build: string;
}

/** CPU time that starting and measuring a module may take where nothing else is said. */
export const PROBE_MS = 20_000;

/** What was measured of each module, by build: once, for as long as the process lives. */
const probes = new Map<string, Probe>();

export class ModuleTarget implements Target {
  readonly options: ModuleOptions;
  readonly #ask: AskWorker;
  readonly loaded: ForeignTarget;

  constructor(options: ModuleOptions, ask: AskWorker) {
    this.options = options;
    this.#ask = ask;
    this.loaded = loadForeign(moduleOf(options));
  }

  get build(): string {
    return this.loaded.build;
  }

  /** What was measured; undefined before `prepare`. */
  get probe(): Probe | undefined {
    return probes.get(this.build);
  }

  /** `emscripten (malloc free), 83 MiB`; the file, where the target is a package. */
  get text(): CampaignText {
    const { path, plan } = this.loaded;
    const { target } = this.options;
    const room = this.probe?.capacity.bytes;
    const file = path === target ? "" : `${path}, `;
    const place = `${file}${bindingText(plan.binding)}, room for ${sizeText(room ?? 0)}`;
    const functions = functionsOf(plan.binding).map(({ name }) => shortName(name));
    return {
      place,
      closing: [`target: ${target}, ${place}`],
      unusual: unusualText(this.options),
      words: campaignWords(this.options),
      placeRecord: {
        ...{ file: path, convention: plan.binding.convention, functions, room },
        ...limitsOf(this.options),
      },
      shapeRecord: shapeRecord(this.options),
    };
  }

  get code(): ModuleCode {
    const { module, plan } = this.loaded;
    const { options, build } = this;
    return { kind: "module", options, build, module, plan, capacity: this.probe?.capacity };
  }

  get files(): readonly TargetFile[] {
    const { path, bytes, glues } = this.loaded;
    const scripts = glues.map((glue) => ({ path: glue.path, bytes: Buffer.from(glue.text) }));
    return [{ path, bytes }, ...scripts];
  }

  get dependsOnNode(): boolean {
    return true;
  }

  get campaignToken(): string {
    const { options, build } = this;
    return moduleToken({ options, caseNumber: 0, build, program: NO_PROGRAM });
  }

  /** Measures the module; refuses one that cannot be started, or that gives nothing. */
  async prepare(limitMs = PROBE_MS): Promise<void> {
    if (this.probe !== undefined) return;
    const { path } = this.loaded;
    const answer = await this.ask({ kind: "probe" }, limitMs);
    if (answer.kind !== "probe") throw new UserError(`${path}: ${whyNot(answer, limitMs)}`);
    const { probe } = answer;
    if (probe.capacity.bytes === 0) {
      const why =
        probe.capacity.refuses === "trap" ? ": it traps, or a loop of it does not end" : "";
      throw new UserError(`${path}: its allocator gives nothing, not even 256 bytes${why}`);
    }
    const { dataEnd = 0, heapBase } = this.loaded.plan;
    if (heapBase === undefined && probe.capacity.lowest < dataEnd) {
      const place = `0x${probe.capacity.lowest.toString(16)}, below the end of its data`;
      throw new UserError(`${path}: its heap was not set up: it hands out ${place}`);
    }
    probes.set(this.build, probe);
  }

  /** How much memory it takes; undefined where that took more CPU time than it may. */
  async footprint(limitMs = PROBE_MS): Promise<Footprint | undefined> {
    await this.prepare(limitMs);
    const answer = await this.ask({ kind: "footprint" }, limitMs);
    return answer.kind === "footprint" ? answer.footprint : undefined;
  }

  /** Asks a worker thread that runs the module. */
  async ask(question: ForeignQuestion, timeoutMs: number): Promise<ForeignAnswer | LostQuestion> {
    const reply = await this.#ask(this.code, question, timeoutMs);
    return reply.kind === "lost" ? reply : (reply.answer as ForeignAnswer);
  }

  /** Makes programs; a worker thread runs them. */
  newEngine(): ForeignEngine {
    return new ForeignEngine(this.code, foreignShape(this.options));
  }

  async lost(how: FailureKind, caseNumber: number): Promise<CaseOutcome> {
    return lostModuleCase(this.newEngine(), how, caseNumber);
  }

  async describeUnrun(finding: Finding): Promise<FindingFolder> {
    const { code, build, options } = this;
    return describeUnrunModuleFinding({ code, build, options, engine: this.newEngine() }, finding);
  }
}

type LostQuestion = Extract<WorkerReply, { readonly kind: "lost" }>;

function whyNot(answer: ForeignAnswer | LostQuestion, limitMs: number): string {
  if (answer.kind === "refused") return `cannot be started (${answer.why})`;
  const isHung = answer.kind === "lost" && answer.how === "hung";
  return isHung
    ? `its start, or one of its first allocations, did not end in ${limitMs / 1000} s of CPU time`
    : "takes its thread down when it starts";
}

function sizeText(bytes: number): string {
  return bytes < 1 << 20 ? `${bytes >>> 10} KiB` : `${bytes >>> 20} MiB`;
}

function unusualText({ twins, sizes, ...limits }: ModuleOptions): string {
  const size = sizes === undefined ? "" : `size=${blockSizesText(sizes)}, `;
  const words = Object.entries(limitWords(limits)).flatMap(([flag, value]) =>
    value === undefined ? [] : `${flag.slice(2)}=${value}, `,
  );
  return `${twins ? "twins, " : ""}${size}${words.join("")}`;
}

/** The words of a command line that ask for the campaign. */
function campaignWords(options: ModuleOptions): readonly string[] {
  const { target, exports, bugs, twins, sizes, opCountMax, seed } = options;
  const called = { "--target": target, "--exports": exports, ...limitWords(options) };
  const what = { ...called, "--bugs": bugsText(bugs) };
  const size = { "--size": sizes && blockSizesText(sizes) };
  const rest = { "--ops": opCountMax, "--seed": seed };
  return [
    ...optionWords(what),
    ...(twins ? ["--twins"] : []),
    ...optionWords({ ...size, ...rest }),
  ];
}

/** The same fields as those of campaigns on a SLUB core; a module has one value for some. */
function shapeRecord({ twins, sizes, opCountMax }: ModuleOptions): object {
  return {
    bugsPerCase: 1,
    twins,
    swarm: true,
    without: [],
    workload: "mixed",
    size: blockSizesText(sizes),
    ops: opCountMax,
  };
}

/** On a worker thread. */
export class ModuleWorker implements TargetWorker {
  readonly engine: ForeignEngine;
  readonly #describer: ModuleDescriber;

  constructor(code: ModuleCode) {
    const { options, build } = code;
    this.engine = new ForeignEngine(code, foreignShape(options));
    this.#describer = { options, build, code, engine: this.engine };
  }

  describe(finding: Finding, shrinks: boolean, isOver?: () => boolean): FindingFolder {
    return describeModuleFinding(this.#describer, finding, shrinks, isOver);
  }

  answer(question: ForeignQuestion, begin: (index: number) => void): ForeignAnswer {
    return answerForeign(this.engine, question, begin);
  }
}
