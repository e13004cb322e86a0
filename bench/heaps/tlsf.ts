// TLSF, the allocator of AssemblyScript's standard library: compiled from the installed compiler's
// own sources when the benchmark starts, and optimised exactly as the core is.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { OP_MAX, Op, SLOT_MAX } from "../../src/abi.ts";
import { compileScript } from "../../src/wasm/toolchain.ts";
import type { Guest } from "./guest.ts";

const DRIVER = `
  const RECORDS: usize = memory.data(${OP_MAX * 16});
  const RESULTS: usize = memory.data(${OP_MAX * 16});
  const SLOTS: usize = memory.data(${SLOT_MAX * 16});

  export function records(): usize {
    return RECORDS;
  }

  export function run(count: u32, size: u32): u32 {
    let failed: u32 = 0;
    for (let i: u32 = 0; i < count; i++) {
      const record = RECORDS + (<usize>i << 4);
      const slot = SLOTS + (<usize>load<u16>(record, 4) << 4);
      let pointer: usize = 0;
      if (load<u8>(record) == ${Op.ALLOC}) {
        pointer = heap.alloc(size);
        if (pointer == 0) failed++;
        store<usize>(slot, pointer);
      } else {
        heap.free(load<usize>(slot));
      }
      store<u64>(RESULTS + (<usize>i << 4), 0);
      store<u64>(RESULTS + (<usize>i << 4), pointer, 8);
    }
    return failed;
  }
`;

const FLAGS = ["-O3", "--noAssert", "--runtime", "minimal", "--use", "abort="];

/** The module, optimised. */
export function buildTlsf(): Guest {
  const folder = mkdtempSync(join(tmpdir(), "slabfuzz-bench-"));
  try {
    const file = join(folder, "tlsf.wasm");
    writeFileSync(file, compileScript("tlsf", DRIVER, FLAGS));
    const optimise = fileURLToPath(new URL("../../bin/optimise.js", import.meta.url));
    const { status } = spawnSync(process.execPath, [optimise, file], { stdio: "inherit" });
    if (status !== 0) throw new Error("TLSF was not optimised");
    return { name: "AssemblyScript TLSF", module: new WebAssembly.Module(readFileSync(file)) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
