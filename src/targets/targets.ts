// The one place that knows that there are two kinds of target: the kernel's SLUB, and any
// WebAssembly module with an allocator. The code of a kind is loaded when it is first asked for.
import { UserError } from "../base/user_error.ts";
import { visible } from "../base/visible.ts";
import type { GuidedModuleCode } from "../module/guided.ts";
import type { ModuleCode, ModuleProgram, ModuleTarget } from "../module/kind.ts";
import type { GuidedSlubCode } from "../slub/guided.ts";
import type { SlubCode } from "../slub/kind.ts";
import type { SlubRequest } from "../slub/options.ts";
import type { SlubProgram } from "../slub/slub_program.ts";
import type { GuidedTarget, GuidedWorker, ProbedCode, ProbedEngine } from "../target/guided.ts";
import { ANY_MODULE, type ModuleLimits } from "../target/options.ts";
import type { ScriptSource, TargetProgram } from "../target/program.ts";
import { isJson, scriptOfJson, targetInScript } from "../target/program.ts";
import type { Target, TargetCode, TargetFile, TargetWorker } from "../target/target.ts";
import { SCRIPT_MARK } from "../target/token_text.ts";
import type { CoverageMap } from "../wasm/coverage_map.ts";
import { scriptOfToken } from "./script_token.ts";
import { askWorker } from "./workers.ts";
import "./core_files.ts";

const slubKind = () => import("../slub/kind.ts");
const slubPrograms = () => import("../slub/named_program.ts");
const moduleKind = () => import("../module/kind.ts");

/** What decides which cases a campaign has; what is left out has its default. */
export interface CampaignRequest extends SlubRequest {
  /** For a module whose exports say nothing: malloc=NAME,free=NAME,... */
  readonly exports?: string;
  /** Turns of loops that a module may make at a time; default 512 million. */
  readonly fuel?: number;
  /** Bytes that a module's memory may have; default 64 MiB more than it begins with, or twice. */
  readonly memory?: number;
}

/** Before the name of a module whose stores are watched. */
const WATCHED = "watched:";

const TOKEN_MARKS = { slub: "sf1:", module: "sw1:", script: SCRIPT_MARK } as const;

/** The target of a campaign; refuses a request that cannot be met. */
export async function targetFor(request: CampaignRequest): Promise<Target> {
  const { target = "slub", exports, fuel, memory, ...others } = request;
  refuseUnwritable(target, (exports ?? "").trim());
  if (!(await isModule(target, exports))) {
    refuseLimits(target, { fuel, memory });
    return (await slubKind()).slubTarget({ target, ...others });
  }
  return (await moduleKind()).moduleTarget({ ...request, target, exports }, askWorker);
}

/** The script of a finding names them in its header, as one line without blanks around it. */
function refuseUnwritable(...names: readonly string[]): void {
  const name = names.find((one) => visible(one) !== one || one.trim() !== one);
  if (name === undefined) return;
  const advice = "choose a name without blanks around it and without invisible characters";
  throw new UserError(`${JSON.stringify(name)}: cannot stand in a script: ${advice}`);
}

/** What a module may do says nothing about a core. */
export function refuseLimits(name: string, limits: ModuleLimits = {}): void {
  const said = Object.entries(limits).find(([, value]) => value !== undefined)?.[0];
  if (said === undefined) return;
  throw new UserError(`${name}: is no foreign target, ${said} says nothing about it`);
}

/** The target of the campaign that a token names. */
export async function targetOfToken(token: string): Promise<Target> {
  if (token.startsWith(SCRIPT_MARK)) {
    throw new UserError(`${token.slice(0, 40)}: is the token of one script, of no campaign`);
  }
  if (!isModuleToken(token)) return (await slubKind()).slubTargetOfToken(token);
  return (await moduleKind()).moduleTargetOfToken(token, askWorker);
}

/** Targets whose files came from another machine, and which of them are modules. */
const adopted = new Map<string, boolean>();

/**
 * The target of the campaign that a token names, made of the files that another machine has it
 * from. Its name means these files from now on, also in scripts. Throws a UserError for files that
 * are no such target.
 */
export async function targetOfFiles(
  token: string,
  files: readonly [TargetFile, ...TargetFile[]],
): Promise<Target> {
  const isOfModule = isModuleToken(token);
  const name = isOfModule
    ? (await moduleKind()).adoptModuleFiles(token, files)
    : (await slubKind()).adoptCoreFile(token, files);
  adopted.set(name, isOfModule);
  return await targetOfToken(token);
}

/** The target on a worker thread. */
export async function workerFor(code: TargetCode): Promise<TargetWorker> {
  if (code.kind === "slub") {
    const { SlubWorker } = await import("../slub/slub_worker.ts");
    return new SlubWorker(code as SlubCode);
  }
  return new (await moduleKind()).ModuleWorker(code as ModuleCode);
}

/** The target with code that counts edges, prepared. Refuses one that cannot have it. */
export async function guidedTargetOf(target: Target): Promise<GuidedTarget> {
  await target.prepare();
  const { SlubTarget } = await slubKind();
  if (target instanceof SlubTarget) {
    return (await import("../slub/guided.ts")).guidedSlubTarget(target);
  }
  return (await import("../module/guided.ts")).guidedModuleTarget(target as ModuleTarget);
}

/** The same on a worker thread. */
export async function guidedWorkerFor(code: TargetCode): Promise<GuidedWorker> {
  if (code.kind === "slub") {
    const { GuidedSlubEngine, slubPrograms } = await import("../slub/guided.ts");
    const { options } = code as GuidedSlubCode;
    return {
      engine: new GuidedSlubEngine(code as GuidedSlubCode),
      programs: slubPrograms(options),
    };
  }
  const { GuidedModuleEngine, modulePrograms } = await import("../module/guided.ts");
  const module = code as GuidedModuleCode;
  return { engine: new GuidedModuleEngine(module), programs: modulePrograms(module) };
}

/** The functions and lines of a target, and code that notes which of them it comes by. */
export async function coverageOf(target: Target): Promise<CoverageTarget> {
  const { SlubTarget } = await slubKind();
  const { coverageMapOf, mappedCore } = await import("./covered_code.ts");
  if (target instanceof SlubTarget) {
    const core = mappedCore(target.options.target);
    const map = coverageMapOf(core.bytes, core.path);
    const { slubProbedCode } = await import("../slub/guided.ts");
    const code = slubProbedCode(target, { ...core, purpose: "lines" }, map.instrument);
    return { map, code: { code, size: map.globals } };
  }
  const module = target as ModuleTarget;
  const { bytes, path, plan } = module.loaded;
  if (plan.isWatched) {
    throw new UserError(`${path}: --coverage: name the module without "${WATCHED}"`);
  }
  const map = coverageMapOf(bytes, path);
  const { moduleProbedCode } = await import("../module/guided.ts");
  const code = moduleProbedCode(module, map.instrument);
  return { map, code: { code, size: map.globals } };
}

interface CoverageTarget {
  readonly map: CoverageMap;
  readonly code: ProbedCode;
}

/** The engine for such code, on a worker thread. */
export async function probedEngineFor(code: TargetCode): Promise<ProbedEngine> {
  if (code.kind === "slub") {
    return new (await import("../slub/guided.ts")).ProbedSlubEngine(code as SlubCode);
  }
  return new (await import("../module/guided.ts")).ProbedModuleEngine(code as ModuleCode);
}

/** Whether a word of the command line is meant as a token. */
export function isToken(word: string): boolean {
  return Object.values(TOKEN_MARKS).some((mark) => word.startsWith(mark));
}

/**
 * The program of the case that a token names: `sf1:` for the kernel's allocator, `sw1:` for a
 * module; or the script that a token holds, `ss1:`. If another build made the token, the `note` of
 * the program says so. Throws a UserError for a damaged token, for one of whose case this build
 * makes another program, and for a module that is missing.
 */
export async function programOfToken(token: string, limits?: ModuleLimits): Promise<TargetProgram> {
  if (token.startsWith(SCRIPT_MARK)) {
    const name = `${token.slice(0, 24)}...`;
    return await programOfScript({ name, file: name, text: scriptOfToken(token), limits });
  }
  if (isModuleToken(token)) {
    return await (await moduleKind()).programOfModuleToken(token, askWorker, limits);
  }
  refuseLimits(token, limits);
  return (await slubPrograms()).slubProgramOfToken(token);
}

/**
 * Reads a script, or a record in JSON (docs/interchange.md), for the target that its `# target:`
 * line names, by default `slub`. Throws a UserError that begins with `FILE:LINE:` for a mistake in
 * the script, and one for a target that does not exist.
 */
export async function programOfScript(source: ScriptSource): Promise<TargetProgram> {
  const { text, file } = source;
  const script = isJson(text)
    ? { ...source, text: scriptOfJson(text, file), isConverted: true }
    : source;
  const { otherTarget } = source;
  const own = source.target ?? targetInScript(script.text, file);
  const target = otherTarget?.target ?? own ?? "slub";
  if (target === ANY_MODULE) {
    throw new UserError(`${file}: is for any module with an allocator, say which: --target FILE`);
  }
  if (!(await isModule(target, otherTarget?.exports))) {
    refuseLimits(file, source.limits);
    return (await slubPrograms()).slubProgramOfScript(otherTarget ? { ...script, target } : script);
  }
  return (await moduleKind()).moduleProgramOfScript(script, askWorker);
}

/** A program of the kernel's operations; refuses any other, and says what it is of no use for. */
export async function kernelProgram(program: TargetProgram, use: string): Promise<SlubProgram> {
  const { SlubProgram } = await slubPrograms();
  if (program instanceof SlubProgram) return program;
  throw new UserError(`${program.name}: is a program of a foreign module, ${use}`);
}

/** What is done with a program of each kind. */
interface ByKind<Result> {
  readonly kernel: (program: SlubProgram) => Result | Promise<Result>;
  readonly module: (program: ModuleProgram) => Result | Promise<Result>;
}

/** Does what is to be done with a program of its kind. */
export async function byKind<Result>(
  program: TargetProgram,
  does: ByKind<Result>,
): Promise<Result> {
  const { SlubProgram } = await slubPrograms();
  if (program instanceof SlubProgram) return await does.kernel(program);
  return await does.module(program as ModuleProgram);
}

/** Refuses a name that means nothing that can be fuzzed, or that no script could name. */
export async function requireTarget(target: string, exports?: string): Promise<void> {
  refuseUnwritable(target);
  if (!(await isModule(target, exports))) (await slubKind()).parseCore(target);
}

/** A module as a target, whatever its name; refuses one without an allocator. */
export async function moduleTargetFor(choice: ModuleChoice): Promise<ModuleTarget> {
  return (await moduleKind()).moduleTarget({ ...choice, seed: 0n }, askWorker);
}

/** A module, how it is called, and its limits. */
export type ModuleChoice = Pick<CampaignRequest, "exports" | "fuel" | "memory"> & {
  readonly target: string;
};

/**
 * The module of a package, or of a script, that a name means, as a target of its own. Throws a
 * UserError for a target that is no module, and for a name of none of its modules or of several.
 */
export async function moduleNamed(target: string, name: string): Promise<string> {
  if (target === "slub" || !(await isModule(target))) {
    throw new UserError(`${target}: only a package or a script holds several modules (module)`);
  }
  return (await import("../module/load/find.ts")).pathOfModule(target, name);
}

/** A target's name with a mark that its stores are to be watched; refuses one that cannot be. */
export async function watchedTarget(target: string, exports?: string): Promise<string> {
  if (target.startsWith(WATCHED)) return target;
  if (await isModule(target, exports)) return WATCHED + target;
  throw new UserError(`${target}: only the stores of a foreign target can be watched (instrument)`);
}

function isModuleToken(token: string): boolean {
  return token.startsWith(TOKEN_MARKS.module);
}

/**
 * Whether a target is a module with an allocator of its own. Cores of ours are named by words that
 * only they have; for all others the files decide.
 */
export async function isModule(target: string, exports?: string): Promise<boolean> {
  // The usual target needs nothing of that room.
  if (target === "slub" && exports === undefined) return false;
  const known = exports === undefined ? adopted.get(target) : undefined;
  if (known !== undefined) return known;
  return (await import("../module/load/meant.ts")).meansModule(target, exports);
}
