// Digests of the code that mutants are in, which stay the same where only other functions change: a
// call counts by the name of what is called, because numbers of functions move.
import { Digest } from "../../base/hash.ts";
import { instructionsOf, Opcode } from "../../wasm/instruction.ts";
import { ByteReader } from "../../wasm/leb128.ts";
import type { FunctionBody, WasmFile } from "../../wasm/wasm_file.ts";
import type { Mutant } from "./mutant.ts";

export class MutantCode {
  readonly #file: WasmFile;
  readonly #names: ReadonlyMap<number, string>;
  readonly #known = new Map<FunctionBody, string>();

  constructor(file: WasmFile) {
    this.#file = file;
    this.#names = file.functionNames();
  }

  /** Sixteen hex digits over the functions that a mutant changes, whatever their numbers. */
  digestOf({ patches }: Mutant): string {
    const bodies = new Set(patches.map(({ at }) => this.#bodyAt(at)));
    const digests = [...bodies].map((body) => this.#digestOf(body)).sort();
    return new Digest().text(digests.join()).hex;
  }

  #digestOf(body: FunctionBody): string {
    const digest = this.#known.get(body) ?? digestOfFunction(this.#file, body, this.#names);
    this.#known.set(body, digest);
    return digest;
  }

  /** Functions lie in the order of the file. */
  #bodyAt(place: number): FunctionBody {
    const { functions } = this.#file;
    let first = 0;
    let end = functions.length;
    while (end - first > 1) {
      const middle = (first + end) >>> 1;
      if (functions[middle].bodyAt <= place) first = middle;
      else end = middle;
    }
    return functions[first];
  }
}

/** Sixteen hex digits. `names`: those of the module's functions, by their numbers. */
function digestOfFunction(
  { bytes }: WasmFile,
  { bodyAt, codeAt, end: codeEnd }: FunctionBody,
  names: ReadonlyMap<number, string>,
): string {
  const digest = new Digest().bytes(bytes.subarray(bodyAt, codeAt));
  const from = new ByteReader(bytes, codeAt, codeEnd);
  for (const { opcode, operandsAt, end } of instructionsOf(from)) {
    digest.word(opcode);
    if (opcode === Opcode.CALL) {
      const index = new ByteReader(bytes, operandsAt).u32();
      digest.text(names.get(index) ?? `function ${index}`);
    } else digest.bytes(bytes.subarray(operandsAt, end));
  }
  return digest.hex;
}
