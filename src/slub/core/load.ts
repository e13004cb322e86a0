// Finds, compiles and checks the core. Compiled modules are kept: a process compiles each once.
import { existsSync, readFileSync } from "node:fs";
import { instantiateSync } from "@assemblyscript/loader";
import { ABI_VERSION } from "../../abi.ts";
import { packagePath } from "../../base/package_file.ts";
import { UserError } from "../../base/user_error.ts";
import { readBinaryFile } from "../../base/whole_file.ts";
import { compileOtherBytes, compileOtherCore, stubImports } from "./other_core.ts";

/**
 * The builds of the core: for use, with plantable bugs, with names and assertions, and one that
 * does what the first does, instruction by instruction as the sources say it.
 */
export type OwnBuild = "release" | "canary" | "debug" | "mutable";

/** A core that somebody else has built: the path of its file, or a name it was adopted under. */
type OtherBuild = `other:${string}`;

export type CoreKind = OwnBuild | OtherBuild;

const FILES: Readonly<Record<OwnBuild, string>> = {
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

const modules = new Map<CoreKind, WebAssembly.Module>();

/** The compiled core. */
export function loadModule(kind: CoreKind): WebAssembly.Module {
  const known = modules.get(kind);
  if (known !== undefined) return known;
  const compiled = isOwnBuild(kind) ? compileOwn(kind) : compileOtherCore(pathOfCore(kind));
  modules.set(kind, compiled);
  return compiled;
}

function compileOwn(kind: OwnBuild): WebAssembly.Module {
  return new WebAssembly.Module(new Uint8Array(readFileSync(pathOfCore(kind))));
}

/** Takes over a core that another thread, or somebody else, has compiled. */
export function adoptModule(kind: CoreKind, module: WebAssembly.Module): void {
  modules.set(kind, module);
}

/** A fresh instance of the core, whose numbers are the ones this code was written for. */
export function instantiateCore(kind: CoreKind): CoreExports {
  const module = loadModule(kind);
  if (!isOwnBuild(kind)) return instantiateOther(module, kind);
  const { exports } = instantiateSync<CoreExports>(module);
  checkAbiVersion(exports.abi_version, FILES[kind]);
  return exports;
}

function instantiateOther(module: WebAssembly.Module, kind: OtherBuild): CoreExports {
  const { exports } = new WebAssembly.Instance(module, stubImports(module));
  const core = exports as unknown as CoreExports;
  const { value } = core.abi_version;
  if (value === ABI_VERSION) return core;
  const versions = `it speaks version ${value} of the interface, this slabfuzz ${ABI_VERSION}`;
  throw new UserError(`${nameOfOther(kind)}: ${versions}`);
}

function nameOfOther(kind: OtherBuild): string {
  return kind.slice("other:".length);
}

function isOwnBuild(kind: CoreKind): kind is OwnBuild {
  return Object.hasOwn(FILES, kind);
}

/** Refuses a module whose layout is not ours. */
export function checkAbiVersion(version: WebAssembly.Global | undefined, file: string): void {
  if (version?.value === ABI_VERSION) return;
  throw new UserError(`build/${file} is stale wasm: run npm run build`);
}

export function pathOfCore(kind: CoreKind): string {
  if (!isOwnBuild(kind)) return nameOfOther(kind);
  const path = packagePath(`build/${FILES[kind]}`);
  if (existsSync(path)) return path;
  throw new UserError(`build/${FILES[kind]} is not there: run npm run build`);
}

/**
 * The bytes of a target's core, for whoever changes them before they are compiled: `slub`, or a
 * .wasm file with the same exports.
 */
export function coreBytes(target: string): Uint8Array<ArrayBuffer> {
  if (target === "slub") return readBinaryFile(pathOfCore("release"));
  if (!target.endsWith(".wasm")) {
    throw new UserError(`${JSON.stringify(target)} is neither slub nor a .wasm file`);
  }
  const bytes = readBinaryFile(target);
  compileOtherBytes(bytes, target);
  return bytes;
}
