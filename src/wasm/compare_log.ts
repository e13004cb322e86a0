// Has a module keep what it compared: for each comparison of two numbers of 32 bits, the operands
// of the last time that it was made, in exported globals. A number of a program that is one operand
// may be what the other one says, in the manner of RedQueen.
//
// Does not see: numbers of 64 bits, which mostly are addresses, and comparisons with zero.
import { instructionsOf, Opcode } from "./instruction.ts";
import { ByteReader } from "./leb128.ts";
import { getGlobal, type Instrument, insertedAt, setGlobal } from "./probe.ts";
import type { WasmFile } from "./wasm_file.ts";

const OPERANDS = "slabfuzz_operand";

/** The comparisons of a module, and the instrument that keeps their operands. */
export class CompareLog {
  readonly sites: number;
  readonly instrument: Instrument;

  constructor(file: WasmFile) {
    const places = file.functions.flatMap(({ codeAt, end }) =>
      [...instructionsOf(new ByteReader(file.bytes, codeAt, end))].flatMap(({ opcode, at }) =>
        opcode >= Opcode.I32_EQ && opcode <= Opcode.I32_GE_U ? [at] : [],
      ),
    );
    this.sites = places.length;
    this.instrument = {
      globals: namesOf(this.sites).map((name) => ({ name, isLong: false })),
      patches: (_, first) => places.map((at, i) => insertedAt(at, keepOperands(first + 2 * i))),
    };
  }
}

/** Takes both operands off the stack and puts them back. */
function keepOperands(first: number): readonly number[] {
  const [left, right] = [first, first + 1];
  return [...setGlobal(right), ...setGlobal(left), ...getGlobal(left), ...getGlobal(right)];
}

/** Operands that differed, one pair behind the other; the next run begins without any. */
export function takeCompares(
  exports: Readonly<Record<string, unknown>>,
  sites: number,
): Int32Array {
  const globals = globalsOf(exports, sites);
  const pairs: number[] = [];
  for (let i = 0; i < globals.length; i += 2) {
    const [left, right] = [taken(globals[i]), taken(globals[i + 1])];
    if (left !== right) pairs.push(left, right);
  }
  return Int32Array.from(pairs);
}

function taken(global: WebAssembly.Global): number {
  const value = global.value as number;
  if (value !== 0) global.value = 0;
  return value;
}

const known = new WeakMap<object, readonly WebAssembly.Global[]>();

/** Thousands of exports are looked up once for each instance; one that never was ready has none. */
function globalsOf(exports: Readonly<Record<string, unknown>>, sites: number) {
  const globals =
    known.get(exports) ?? namesOf(sites).flatMap((name) => globalNamed(exports, name));
  known.set(exports, globals);
  return globals;
}

function globalNamed(exports: Readonly<Record<string, unknown>>, name: string) {
  const global = exports[name] as WebAssembly.Global | undefined;
  return global === undefined ? [] : [global];
}

function namesOf(sites: number): readonly string[] {
  return Array.from({ length: 2 * sites }, (_, i) => `${OPERANDS}_${i}`);
}
