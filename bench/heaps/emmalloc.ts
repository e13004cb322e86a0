// emmalloc, the small allocator of Emscripten: built when the benchmark starts, if emcc is there
// (on Debian: apt-get install emscripten).
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OP_MAX, Op, SLOT_MAX } from "../../src/abi.ts";
import type { Guest } from "./guest.ts";

const DRIVER = `
  #include <stdint.h>
  #include <stdlib.h>

  typedef struct {
    uint8_t op, aux;
    uint16_t name, slot, slot2;
    int32_t offset;
    uint32_t arg;
  } record;
  typedef struct { uint64_t status, value; } result;

  static record all_records[${OP_MAX}];
  static result all_results[${OP_MAX}];
  static struct { void *pointer; uint32_t rest[3]; } slots[${SLOT_MAX}];

  record *records(void) { return all_records; }

  uint32_t run(uint32_t count, uint32_t size) {
    uint32_t failed = 0;
    for (uint32_t i = 0; i < count; i++) {
      void *pointer = 0;
      if (all_records[i].op == ${Op.ALLOC}) {
        pointer = malloc(size);
        failed += pointer == 0;
        slots[all_records[i].slot].pointer = pointer;
      } else {
        free(slots[all_records[i].slot].pointer);
      }
      all_results[i].status = 0;
      all_results[i].value = (uintptr_t)pointer;
    }
    return failed;
  }
`;

/** Room for a million objects of 320 bytes. */
const MEMORY_BYTES = 512 << 20;

const FLAGS = [
  "-O3",
  "-sMALLOC=emmalloc",
  "--no-entry",
  "-sSTANDALONE_WASM",
  `-sINITIAL_MEMORY=${MEMORY_BYTES}`,
  "-sEXPORTED_FUNCTIONS=_run,_records",
];

/** The module, or undefined where there is no emcc. */
export function buildEmmalloc(): Guest | undefined {
  const folder = mkdtempSync(join(tmpdir(), "slabfuzz-bench-"));
  try {
    writeFileSync(join(folder, "driver.c"), DRIVER);
    const built = spawnSync("emcc", ["driver.c", "-o", "out.wasm", ...FLAGS], { cwd: folder });
    if (built.error !== undefined) return undefined;
    if (built.status !== 0) throw new Error(`emcc: ${built.stderr}`);
    const module = new WebAssembly.Module(readFileSync(join(folder, "out.wasm")));
    return { name: "emmalloc", module };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
