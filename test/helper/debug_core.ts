// The debug build of the core, made for the test that asks for it, and not stored in build/.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ConfigLayout, Planted } from "../../src/abi.ts";
import { SlabHeap } from "../../src/slub/core/heap.ts";
import { adoptModule } from "../../src/slub/core/load.ts";
import type { Machine } from "../../src/slub/program/machine.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const COMPILER = join(ROOT, "node_modules", "assemblyscript", "bin", "asc.js");

/** Compiles the debug build, with plantable bugs, and makes it what `new DebugHeap()` runs. */
export function buildDebugCore(): void {
  const folder = mkdtempSync(join(tmpdir(), "slabfuzz-debug-"));
  try {
    adoptModule("debug", new WebAssembly.Module(new Uint8Array(compile(folder))));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function compile(folder: string): Uint8Array {
  const file = join(folder, "core.wasm");
  const options = ["--target", "debug", "--use", "SLUB_ASSERTS=1", "--use", "SLUB_CANARY=1"];
  const files = ["--outFile", file, "--textFile", join(folder, "core.wat")];
  const sources = ["assembly/index.ts", "assembly/debug.ts"];
  execFileSync(process.execPath, [COMPILER, ...sources, ...options, ...files], { cwd: ROOT });
  return readFileSync(file);
}

/** A heap whose core throws where an assert fails: `abort: at assembly/FILE:LINE:COLUMN`. */
export class DebugHeap extends SlabHeap {
  readonly #planted: Planted;

  /** `planted`: a deliberate bug that the core has. */
  constructor(planted: Planted = Planted.NONE) {
    super("debug");
    this.#planted = planted;
  }

  override configure(machine: Machine): void {
    super.configure(machine);
    if (this.#planted === Planted.NONE) return;
    this.isThorough = true;
    this.views.u32[(this.core.config_address() + ConfigLayout.PLANTED) >>> 2] = this.#planted;
    this.core.boot();
  }

  /** Whether the programs that follow make no mistakes: then the heap's invariants are asserted. */
  expectClean(isClean: boolean): this {
    const { expect_clean } = this.core as unknown as { expect_clean(on: boolean): void };
    expect_clean(isClean);
    return this;
  }
}

/** Where an assert failed (`slab/free.ts`), or how else a core failed. */
export function placeOf(error: unknown): string {
  const message = String(error instanceof Error ? error.message : error);
  return /abort:\s+at assembly\/([^:]+):/.exec(message)?.[1] ?? message;
}
