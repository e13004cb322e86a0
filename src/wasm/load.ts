// Finds, compiles and checks the core. Compiled modules are kept: a process compiles each once.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { instantiateSync } from "@assemblyscript/loader";
import { ABI_VERSION } from "../abi.ts";
import { UserError } from "../base/user_error.ts";

/** The builds of the core: for use, with plantable bugs, and with names and assertions. */
export type CoreKind = "release" | "canary" | "debug";

const FILES: Readonly<Record<CoreKind, string>> = {
  release: "slub.wasm",
  canary: "slub.canary.wasm",
  debug: "slub.debug.wasm",
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
  const compiled = new WebAssembly.Module(new Uint8Array(readFileSync(pathOfCore(kind))));
  modules.set(kind, compiled);
  return compiled;
}

/** Takes over a core that another thread has compiled. */
export function adoptModule(kind: CoreKind, module: WebAssembly.Module): void {
  modules.set(kind, module);
}

/** A fresh instance of the core, whose numbers are the ones this code was written for. */
export function instantiateCore(kind: CoreKind): CoreExports {
  const { exports } = instantiateSync<CoreExports>(loadModule(kind));
  checkAbiVersion(exports.abi_version, FILES[kind]);
  return exports;
}

/** Refuses a module whose layout is not ours. */
export function checkAbiVersion(version: WebAssembly.Global | undefined, file: string): void {
  if (version?.value === ABI_VERSION) return;
  throw new UserError(`build/${file} is stale wasm: run npm run build`);
}

/** The build folder lies two levels above src/wasm and three above dist/src/wasm. */
export function pathOfCore(kind: CoreKind): string {
  for (const up of ["../../", "../../../"]) {
    const path = fileURLToPath(new URL(`${up}build/${FILES[kind]}`, import.meta.url));
    if (existsSync(path)) return path;
  }
  throw new UserError(`build/${FILES[kind]} is not there: run npm run build`);
}
