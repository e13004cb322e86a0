// Where a module loops, works for long, or asks for memory: found in one walk over its code, and
// kept, since several probes ask, and a run of mutants puts them into thousands of copies.
import { Opcode, seeInstructions } from "./instruction.ts";
import { ByteReader } from "./leb128.ts";
import type { WasmFile } from "./wasm_file.ts";

interface Places {
  /** Where the bodies of loops begin. */
  readonly loops: readonly number[];
  /** Instructions with a prefix, those among them that work by a length. */
  readonly bulks: readonly { readonly at: number; readonly opcode: number }[];
  /** Requests for memory. */
  readonly grows: readonly number[];
}

const known = new WeakMap<WasmFile, Places>();

/** Throws a UserError for code with instructions that are not known here. */
export function workPlacesOf(file: WasmFile): Places {
  const places = known.get(file) ?? findPlaces(file);
  known.set(file, places);
  return places;
}

/** Instructions of this prefix have two bytes. */
const BULK_PREFIX = 0xfc;
const WANTED = Uint8Array.from({ length: 256 }, (_, opcode) =>
  Number([Opcode.LOOP, Opcode.MEMORY_GROW, BULK_PREFIX].includes(opcode)),
);

function findPlaces({ bytes, functions }: WasmFile): Places {
  const loops: number[] = [];
  const bulks: { at: number; opcode: number }[] = [];
  const grows: number[] = [];
  const see = (opcode: number, at: number, end: number): void => {
    if (opcode === Opcode.LOOP) loops.push(end);
    else if (opcode === Opcode.MEMORY_GROW) grows.push(at);
    else bulks.push({ at, opcode });
  };
  for (const { codeAt: first, end: last } of functions) {
    seeInstructions(new ByteReader(bytes, first, last), WANTED, see);
  }
  return { loops, bulks, grows };
}
