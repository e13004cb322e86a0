// TLSF, the allocator of AssemblyScript's standard library, compiled from the sources of the
// compiler that is installed.
import { compileScript } from "../../wasm/toolchain.ts";

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
