// A core from another build: a WebAssembly module with the exports of
// ours. It is not trusted: its memory has an end, and its imports do nothing but stop it.
import { UserError } from "../../base/user_error.ts";
import { PAGE_BYTES, withCappedMemory } from "../../wasm/cap.ts";
import type { MemoryLimits } from "../../wasm/entity.ts";
import { CalledOut } from "../../wasm/trap.ts";
import { WasmFile } from "../../wasm/wasm_file.ts";

/** What a core must export, and as what; `assembly/index.ts` says what each is for. */
const CORE_EXPORTS: Readonly<Record<string, WebAssembly.ImportExportKind>> = {
  memory: "memory",
  abi_version: "global",
  config_address: "function",
  program_address: "function",
  payload_address: "function",
  result_address: "function",
  extra_address: "function",
  event_address: "function",
  slot_address: "function",
  cache_address: "function",
  window_address: "function",
  boot: "function",
  reset: "function",
  run_program: "function",
  event_bytes: "function",
  clear_events: "function",
  events_lost: "function",
  extra_bytes: "function",
  pages_in_use: "function",
};

/** Compiles such a core; refuses a module that is none, with what it lacks. */
export function compileOtherCore(bytes: Uint8Array, name: string): WebAssembly.Module {
  const module = compiled(bytes, name);
  requireExports(module, name);
  requireImports(module, name);
  return new WebAssembly.Module(new Uint8Array(withMemoryLimit(bytes, name)));
}

/** Stand-ins for everything that a module imports: each ends the run. */
export function stubImports(module: WebAssembly.Module): WebAssembly.Imports {
  const imports: Record<string, Record<string, () => never>> = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    imports[from] ??= {};
    imports[from][name] = () => {
      throw new CalledOut(`the core called ${from}.${name}, which does not exist here`);
    };
  }
  return imports;
}

function compiled(bytes: Uint8Array, name: string): WebAssembly.Module {
  try {
    return new WebAssembly.Module(new Uint8Array(bytes));
  } catch (error) {
    if (!(error instanceof WebAssembly.CompileError)) throw error;
    throw new UserError(`${name}: is no WebAssembly module`);
  }
}

function requireExports(module: WebAssembly.Module, name: string): void {
  const exported = new Map(WebAssembly.Module.exports(module).map((one) => [one.name, one.kind]));
  const missing = Object.entries(CORE_EXPORTS).filter(([key, kind]) => exported.get(key) !== kind);
  if (missing.length === 0) return;
  const list = missing.map(([key, kind]) => `${kind} ${key}`).join(", ");
  const way = `a module with an allocator of its own is for slabfuzz fuzz --target ${name}`;
  throw new UserError(`${name}: is no core, it does not export ${list} (${way})`);
}

function requireImports(module: WebAssembly.Module, name: string): void {
  const other = WebAssembly.Module.imports(module).find(({ kind }) => kind !== "function");
  if (other === undefined) return;
  const what = `${other.kind} ${other.module}.${other.name}`;
  throw new UserError(`${name}: imports the ${what}, and only functions can be stood in for`);
}

/** Twice what the largest machine takes that a script can ask for. */
const MEMORY_PAGES_MAX = 4096;
const KIB_A_PAGE = PAGE_BYTES / 1024;

export const MEMORY_BYTES_MAX = MEMORY_PAGES_MAX * PAGE_BYTES;
/** A core that has so much of it takes what no machine needs. */
export const MEMORY_BYTES_GREEDY = (MEMORY_BYTES_MAX / 4) * 3;

/** The same core, whose memory does not grow beyond the limit; `name` is for complaints. */
export function withMemoryLimit(bytes: Uint8Array, name: string): Uint8Array {
  const file = new WasmFile(bytes);
  if (file.ownMemories.length > 1) throw wrongMemory(name);
  return withCappedMemory(file, (memory) => pagesMaxOf(memory, name));
}

function pagesMaxOf({ initial, maximum, isShared, is64 }: MemoryLimits, name: string): number {
  if (isShared || is64) throw wrongMemory(name);
  if (initial > MEMORY_PAGES_MAX) throw new UserError(`${name}: ${tooMuch(initial)}`);
  return Math.min(maximum ?? MEMORY_PAGES_MAX, MEMORY_PAGES_MAX);
}

function wrongMemory(name: string): UserError {
  return new UserError(`${name}: needs one memory of 32 bits that is not shared`);
}

function tooMuch(pages: number): string {
  const limit = `${MEMORY_PAGES_MAX * KIB_A_PAGE} KiB`;
  return `asks for ${pages * KIB_A_PAGE} KiB of memory to begin with, at most ${limit}`;
}
