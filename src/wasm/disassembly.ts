// Functions of a module as text, an instruction a line: where code comes from, if nothing else
// says it. It is for reading, and not for assembling again: blocks have no types, branches count
// levels, and of vectors most instructions have a number. (The package wasmparser, which prints all
// of that, depends on types of Node that TypeScript would then see in its users' projects.)
import { type Instruction, instructionsOf, isLoad, isStore, Opcode } from "./instruction.ts";
import { ByteReader } from "./leb128.ts";
import { opcodeName } from "./opcode_names.ts";
import type { CodeOrigin, Location } from "./source_map.ts";
import type { FunctionBody, WasmFile } from "./wasm_file.ts";

const INDENT = "  ";

export class Disassembly implements CodeOrigin {
  readonly sources: readonly string[];
  readonly #lines: string[] = [];
  /** The line of each instruction, by its place in the file. */
  readonly #lineAt = new Map<number, number>();

  /** `name`: what its text is called; `functions`: the numbers of those that are printed. */
  constructor(file: WasmFile, name: string, functions: ReadonlySet<number>) {
    this.sources = [name];
    const names = file.functionNames();
    for (const body of file.functions) {
      if (functions.has(body.index)) this.#print(file, body, names);
    }
  }

  locate(offset: number): Location | undefined {
    const line = this.#lineAt.get(offset);
    if (line === undefined) return undefined;
    const text = this.#lines[line - 1];
    return { source: this.sources[0], line, column: 1 + text.length - text.trimStart().length };
  }

  lineText({ line }: Pick<Location, "line">): string {
    return this.#lines[line - 1]?.trim() ?? "";
  }

  linesOf(source: string): readonly string[] {
    return source === this.sources[0] ? this.#lines : [];
  }

  #print(file: WasmFile, body: FunctionBody, names: ReadonlyMap<number, string>): void {
    this.#lines.push(`(func $${names.get(body.index) ?? body.index}`);
    let depth = 1;
    for (const one of instructionsOf(new ByteReader(file.bytes, body.codeAt, body.end))) {
      const { opcode, at } = one;
      if (opcode === Opcode.END || opcode === Opcode.ELSE) depth--;
      this.#lineAt.set(at, this.#lines.length + 1);
      this.#lines.push(`${INDENT.repeat(Math.max(depth, 0))}${textOf(one, file, names)}`);
      if (opensBlock(opcode)) depth++;
    }
    // The last END closes the function.
    this.#lines[this.#lines.length - 1] = ")";
  }
}

function opensBlock(opcode: number): boolean {
  const { BLOCK, LOOP, IF, ELSE } = Opcode;
  return opcode === BLOCK || opcode === LOOP || opcode === IF || opcode === ELSE;
}

function textOf(one: Instruction, file: WasmFile, names: ReadonlyMap<number, string>): string {
  const { opcode, operandsAt, end } = one;
  const operands = operandsText(opcode, new ByteReader(file.bytes, operandsAt, end), names);
  return [opcodeName(opcode), ...operands].join(" ");
}

function operandsText(
  opcode: number,
  from: ByteReader,
  names: ReadonlyMap<number, string>,
): readonly string[] {
  if (opensBlock(opcode)) return [];
  if (opcode === Opcode.I32_CONST || opcode === Opcode.I64_CONST) return [`${from.signed()}`];
  if (opcode === Opcode.CALL) {
    const index = from.u32();
    return [`$${names.get(index) ?? index}`];
  }
  if (isLoad(opcode) || isStore(opcode)) return placeText(from);
  return opcode in FLOAT_BYTES ? [floatText(opcode, from)] : numbersIn(from);
}

/** Constants whose operand is no number with seven bits a byte. */
const FLOAT_BYTES: Readonly<Record<number, number>> = {
  [Opcode.F32_CONST]: 4,
  [Opcode.F64_CONST]: 8,
  [Opcode.V128_CONST]: 16,
};

function floatText(opcode: number, { bytes, at }: ByteReader): string {
  const own = bytes.slice(at, at + FLOAT_BYTES[opcode]);
  const view = new DataView(own.buffer);
  if (opcode === Opcode.F32_CONST) return String(view.getFloat32(0, true));
  if (opcode === Opcode.F64_CONST) return String(view.getFloat64(0, true));
  return [...own].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

function numbersIn(from: ByteReader): readonly string[] {
  const numbers: string[] = [];
  while (!from.isDone) numbers.push(`${from.u32()}`);
  return numbers;
}

/** Of a load or a store: what is added to the address. */
function placeText(from: ByteReader): readonly string[] {
  from.u32();
  const offset = from.u32();
  return offset === 0 ? [] : [`offset=${offset}`];
}
