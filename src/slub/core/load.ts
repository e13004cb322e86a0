// Compiles and checks the core. Compiled modules are kept: a process compiles each once. Nothing
// here knows where the bytes of a core lie: on Node src/targets/core_files.ts reads them, a browser
// adopts modules that it has fetched.
import { instantiateSync } from "@assemblyscript/loader";
import { ABI_VERSION } from "../../abi.ts";
import { Digest } from "../../base/hash.ts";
import { hex32 } from "../../base/hex.ts";
import { UserError } from "../../base/user_error.ts";
import { slabfuzzVersion } from "../../base/version.ts";
import { compileOtherCore, stubImports } from "./other_core.ts";

/**
 * The builds of the core: for use, with plantable bugs, with names and assertions, and one that
 * does what the first does, instruction by instruction as the sources say it.
 */
export type OwnBuild = "release" | "canary" | "debug" | "mutable";

/** A core from another build: the path of its file, or a name it was adopted under. */
type OtherBuild = `other:${string}`;

export type CoreKind = OwnBuild | OtherBuild;

/** The files of our own builds, in build/. */
export const CORE_FILES: Readonly<Record<OwnBuild, string>> = {
  release: "slub.wasm",
  canary: "slub.canary.wasm",
  debug: "slub.debug.wasm",
  mutable: "slub.mutable.wasm",
};

/**
 * What the core exports. Addresses are linear; the functions are described in assembly/index.ts.
 */
export interface CoreExports extends Record<string, unknown> {
  readonly memory: WebAssembly.Memory;
  readonly abi_version: WebAssembly.Global;
  config_address(): number;
  program_address(): number;
  payload_address(): number;
  result_address(): number;
  extra_address(): number;
  event_address(): number;
  slot_address(): number;
  cache_address(): number;
  window_address(): number;
  boot(): number;
  reset(): void;
  run_program(first: number, count: number): number;
  event_bytes(): number;
  clear_events(): void;
  events_lost(): number;
  extra_bytes(): number;
  pages_in_use(): number;
}

/** Finds the bytes of a core; refuses a core that is not there. */
export type CoreReader = (kind: CoreKind) => Uint8Array;

let reader: CoreReader = (kind) => {
  throw new UserError(`${nameOfCore(kind)}: it was not adopted, and no file is read here`);
};

/** Says where the bytes of cores come from. */
export function readCoresWith(readCore: CoreReader): void {
  reader = readCore;
}

const modules = new Map<CoreKind, WebAssembly.Module>();
const builds = new Map<CoreKind, string>();
/** Bytes that no reader gave. */
const adopted = new Map<CoreKind, Uint8Array>();

/** The compiled core. */
export function loadModule(kind: CoreKind): WebAssembly.Module {
  const known = modules.get(kind);
  if (known !== undefined) return known;
  const bytes = reader(kind);
  const compiled = isOwnBuild(kind)
    ? new WebAssembly.Module(new Uint8Array(bytes))
    : compileOtherCore(bytes, nameOfCore(kind));
  modules.set(kind, compiled);
  return compiled;
}

/** Eight digits that change with the core's bytes and with slabfuzz's version. */
export function buildOfCore(kind: CoreKind): string {
  const known = builds.get(kind);
  if (known !== undefined) return known;
  const build = buildOfBytes(reader(kind));
  builds.set(kind, build);
  return build;
}

function buildOfBytes(bytes: Uint8Array): string {
  return hex32(new Digest().text(slabfuzzVersion()).bytes(bytes).low);
}

/** Takes over a core that has been compiled elsewhere, and its build where that is known. */
export function adoptModule(kind: CoreKind, module: WebAssembly.Module, build?: string): void {
  modules.set(kind, module);
  if (build !== undefined) builds.set(kind, build);
}

/**
 * Has a core be these bytes from now on, which come from elsewhere and are not trusted. Throws a
 * UserError for bytes that are no core.
 */
export function adoptCore(kind: CoreKind, bytes: Uint8Array): void {
  const name = nameOfCore(kind);
  const module = compileOtherCore(bytes, name);
  if (isOwnBuild(kind)) requireOwnImports(module, name);
  adoptModule(kind, module, buildOfBytes(bytes));
  adopted.set(kind, bytes);
}

/** Our own builds are given nothing to call. */
function requireOwnImports(module: WebAssembly.Module, name: string): void {
  const [first] = WebAssembly.Module.imports(module);
  if (first === undefined) return;
  throw new UserError(`${name}: imports ${first.module}.${first.name}, which no core of ours does`);
}

/** The bytes of a core. Refuses a core that is not there. */
export function bytesOfCore(kind: CoreKind): Uint8Array {
  return adopted.get(kind) ?? reader(kind);
}

/** A fresh instance of the core, whose numbers are the ones this code was written for. */
export function instantiateCore(kind: CoreKind): CoreExports {
  const module = loadModule(kind);
  if (!isOwnBuild(kind)) return instantiateOther(module, kind);
  const { exports } = instantiateSync<CoreExports>(module);
  checkAbiVersion(exports.abi_version, CORE_FILES[kind]);
  return exports;
}

function instantiateOther(module: WebAssembly.Module, kind: OtherBuild): CoreExports {
  const { exports } = new WebAssembly.Instance(module, stubImports(module));
  const core = exports as unknown as CoreExports;
  const { value } = core.abi_version;
  if (value === ABI_VERSION) return core;
  const versions = `it speaks version ${value} of the interface, this slabfuzz ${ABI_VERSION}`;
  throw new UserError(`${nameOfCore(kind)}: ${versions}`);
}

/** The file of a core, or the name that it was adopted under. */
export function nameOfCore(kind: CoreKind): string {
  return isOwnBuild(kind) ? `build/${CORE_FILES[kind]}` : kind.slice("other:".length);
}

export function isOwnBuild(kind: CoreKind): kind is OwnBuild {
  return Object.hasOwn(CORE_FILES, kind);
}

/** Refuses a module whose layout is not ours. */
export function checkAbiVersion(version: WebAssembly.Global | undefined, file: string): void {
  if (version?.value === ABI_VERSION) return;
  throw new UserError(`build/${file} is stale wasm: run npm run build`);
}
