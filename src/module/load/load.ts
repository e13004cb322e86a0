// From a target's name to its module, compiled, with the plan that workers need.
import { basename } from "node:path";
import { Digest } from "../../base/hash.ts";
import { hex32 } from "../../base/hex.ts";
import { UserError } from "../../base/user_error.ts";
import { shortened } from "../../base/visible.ts";
import { readBinaryFile } from "../../base/whole_file.ts";
import type { ModuleLimits } from "../../target/options.ts";
import { withCappedMemory } from "../../wasm/cap.ts";
import { withFuel } from "../../wasm/fuel.ts";
import { GROWTH_LIMIT } from "../../wasm/growth.ts";
import { METER } from "../../wasm/meter.ts";
import type { Instrument } from "../../wasm/probe.ts";
import { compileScript, WATCHED, withWatchedStores } from "../../wasm/toolchain.ts";
import { readModule, type WasmFile } from "../../wasm/wasm_file.ts";
import type { ForeignChoice } from "./choice.ts";
import { type ModuleFile, modulesOf, pathsText } from "./find.ts";
import type { Glue } from "./glue.ts";
import { glueBeside } from "./glue_files.ts";
import { limitsOf } from "./limits.ts";
import { type Mapping, parseMapping } from "./mapping.ts";
import { type ForeignPlan, memoryPolicy, planOf } from "./plan.ts";

export interface ForeignTarget {
  readonly choice: ForeignChoice;
  /** The file that it was read from; `tlsf` was built. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly shape: WasmFile;
  readonly plan: ForeignPlan;
  /** What runs: the module's bytes and what slabfuzz put into them. */
  readonly code: Uint8Array;
  readonly module: WebAssembly.Module;
  /** Eight digits over the code that runs and how it is called. */
  readonly build: string;
  /** Scripts that helped to understand it. */
  readonly glues: readonly Glue[];
}

/** The target that is compiled, not found: the allocator of AssemblyScript's own library. */
export const TLSF = "tlsf";
const TLSF_MAPPING = "malloc=alloc,free=free,realloc=realloc,align=16";

const loaded = new Map<string, ForeignTarget>();

export function loadForeign(choice: ForeignChoice): ForeignTarget {
  let target = loaded.get(keyOf(choice));
  if (target === undefined) {
    target = wordOf(choice) === TLSF ? loadTlsf(choice) : loadFile(choice);
    loaded.set(keyOf(choice), target);
  }
  return target;
}

function keyOf({ target, exports = "", fuel, memory }: ForeignChoice): string {
  return [target, exports, fuel, memory].join("\n");
}

/** A module, and the glue that was found beside it. */
interface ModuleWithGlue {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly glues: readonly Glue[];
}

/** Has a choice mean a module from another machine from now on, whatever files are here. */
export function adoptForeign(choice: ForeignChoice, module: ModuleWithGlue): void {
  const { path } = module;
  const isTlsf = wordOf(choice) === TLSF;
  const text = choice.exports ?? (isTlsf ? TLSF_MAPPING : undefined);
  const mapping = text === undefined ? undefined : parseMapping(text);
  const name = isTlsf ? TLSF : nameOf(path);
  loaded.set(keyOf(choice), made({ ...module, choice, name, mapping }));
}

function nameOf(path: string): string {
  return basename(path, ".wasm");
}

/** The target's own name. */
function wordOf({ target }: ForeignChoice): string {
  return target.startsWith(WATCHED) ? target.slice(WATCHED.length) : target;
}

function loadTlsf(choice: ForeignChoice): ForeignTarget {
  const mapping = parseMapping(choice.exports ?? TLSF_MAPPING);
  return made({ choice, path: TLSF, glues: [], name: TLSF, bytes: buildTlsf(), mapping });
}

function loadFile(choice: ForeignChoice): ForeignTarget {
  const mapping = choice.exports === undefined ? undefined : parseMapping(choice.exports);
  const word = wordOf(choice);
  const files = modulesOf(word);
  if (files.length === 1) return loadOne(choice, files[0], mapping);
  return onlyOne(word, withAllocator(choice, files, mapping));
}

function loadOne(choice: ForeignChoice, file: ModuleFile, mapping?: Mapping): ForeignTarget {
  const { path, script, bytes } = file;
  const glues = glueBeside(script ?? path);
  return made({ path, bytes, glues, choice, name: nameOf(path), mapping });
}

/** Of a package's modules, those that have an allocator. */
function withAllocator(
  choice: ForeignChoice,
  files: readonly ModuleFile[],
  mapping: Mapping | undefined,
): ForeignTarget[] {
  const failures: UserError[] = [];
  const targets = files.flatMap((file) => {
    try {
      return [loadOne(choice, file, mapping)];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      failures.push(error);
      return [];
    }
  });
  if (targets.length === 0) throw failures[0];
  return targets;
}

/** The one that lies nearest to the package's top, if there is only one such. */
function onlyOne(word: string, targets: readonly ForeignTarget[]): ForeignTarget {
  const depths = targets.map(({ path }) => path.split(/[\\/]/).length);
  if (targets.length === 1 || depths[0] < depths[1]) return targets[0];
  const paths = pathsText(targets.map(({ path }) => path));
  throw new UserError(
    `${word}: holds several modules with an allocator, say which with --module: ${paths}`,
  );
}

interface Found extends ModuleWithGlue {
  readonly choice: ForeignChoice;
  readonly name: string;
  readonly mapping: Mapping | undefined;
}

function made({ choice, path, glues, name, bytes, mapping }: Found): ForeignTarget {
  const shape = readModule(bytes, path);
  const isWatched = choice.target.startsWith(WATCHED);
  const limits = limitsOf(choice);
  const plan = planOf({ file: path, name, shape, glues, mapping, isWatched, limits });
  const code = instrumented(shape, path, choice);
  const module = compiled(code, path);
  const build = buildOfModule(code, plan);
  return { choice, path, bytes, shape, plan, code, module, build, glues };
}

/** Characters of a reason, which may tell names of the module. */
const WHY_MAX = 300;

function compiled(bytes: Uint8Array, path: string): WebAssembly.Module {
  try {
    return new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>);
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new UserError(`${path}: Node cannot compile it (${shortened(why, WHY_MAX)})`);
  }
}

/** Exports that only builds of slabfuzz's own core have. */
const CORE_MARKS = ["abi_version", "run_program"];

/** Whether a file is a core with SLUB's interface, for which there are other campaigns. */
export function isCoreFile(path: string): boolean {
  try {
    const { exports } = readModule(readBinaryFile(path), path);
    return CORE_MARKS.every((name) => exports.has(name));
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

/** TLSF, the allocator of AssemblyScript's standard library, from the compiler's own sources. */
const DRIVER = `
  export function alloc(size: usize): usize { return heap.alloc(size); }
  export function realloc(old: usize, size: usize): usize { return heap.realloc(old, size); }
  export function free(pointer: usize): void { heap.free(pointer); }
`;

/** Its checks stay in: an assertion that fails calls abort. */
const FLAGS = ["-O3", "--runtime", "minimal"];

/** The module: exports alloc, realloc and free. */
export function buildTlsf(): Uint8Array {
  return compileScript("tlsf", DRIVER, FLAGS);
}

/** The code that is compiled; `path` is the module's file, for complaints. */
function instrumented(file: WasmFile, path: string, choice: ForeignChoice): Uint8Array {
  const isWatched = choice.target.startsWith(WATCHED);
  const watched = isWatched ? readModule(withWatchedStores(file.bytes, path), path) : file;
  const capped = withCappedMemory(watched, memoryPolicy(choice));
  return withFuel(capped, [GROWTH_LIMIT], choice.fuel) ?? capped;
}

/**
 * The same code with counters of what it executes; undefined where it has instructions that are not
 * known here. Counted is the module's own code, and not what slabfuzz puts into it.
 */
export function meteredCode(target: ModuleBytes): Uint8Array<ArrayBuffer> | undefined {
  return codeWithProbes(target, [METER]);
}

/** A module as it was read, and its limits; `path` is its file, for complaints. */
export interface ModuleBytes extends Pick<ForeignTarget, "bytes" | "path"> {
  readonly choice?: ModuleLimits;
}

/** The code that runs, with further probes; undefined where it cannot be given any. */
export function codeWithProbes(
  { bytes, path, choice = {} }: ModuleBytes,
  probes: readonly Instrument[],
): Uint8Array<ArrayBuffer> | undefined {
  const fuelled = withFuel(bytes, [GROWTH_LIMIT, ...probes], choice.fuel);
  if (fuelled === undefined) return undefined;
  const capped = withCappedMemory(readModule(fuelled, path), memoryPolicy(choice));
  return capped as Uint8Array<ArrayBuffer>;
}

/** The same code with further probes; undefined likewise. */
export function probedCode(
  { bytes, path, choice }: ForeignTarget,
  probes: (file: WasmFile) => readonly Instrument[],
): Uint8Array | undefined {
  const file = readModule(bytes, path);
  const isWatched = choice.target.startsWith(WATCHED);
  const watched = isWatched ? readModule(withWatchedStores(bytes, path), path) : file;
  const capped = readModule(withCappedMemory(watched, memoryPolicy(choice)), path);
  return withFuel(capped.bytes, [GROWTH_LIMIT, ...probes(capped)], choice.fuel);
}

/**
 * Eight digits over the code that is compiled and the way it is called. What slabfuzz puts into a
 * module counts, since findings depend on it: on fuel, for one, by which loops without an end end.
 */
export function buildOfModule(code: Uint8Array, plan: ForeignPlan): string {
  return hex32(new Digest().bytes(code).text(JSON.stringify(plan)).low);
}
