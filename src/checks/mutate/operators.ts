// What a mutation does to one instruction. Each changes the meaning of a source construct a little:
// as little as a slip of the pen would.
import type { FunctionType, ValueType } from "../../wasm/entity.ts";
import { type Instruction, isStore, Opcode } from "../../wasm/instruction.ts";
import { ByteReader, signedBytes } from "../../wasm/leb128.ts";
import type { Patch } from "../../wasm/rewrite.ts";
import type { WasmFile } from "../../wasm/wasm_file.ts";

/** One way to spoil an instruction. */
interface Spoiling {
  /** What is done, as the mutant's name says it: `add->sub`, `const 7->8`, `drop store`. */
  readonly operator: string;
  readonly patch: Patch;
}

/** The module around an instruction. */
interface Surroundings {
  readonly file: WasmFile;
  readonly names: ReadonlyMap<number, string>;
  /** The instruction behind it; undefined at the end of the function. */
  readonly next: Instruction | undefined;
}

const DROP = Opcode.DROP;
const EQZ = Opcode.I32_EQZ;

/** What the instruction can be spoiled into. */
export function spoilingsOf(instruction: Instruction, around: Surroundings): readonly Spoiling[] {
  const { opcode } = instruction;
  if (opcode === Opcode.I32_CONST || opcode === Opcode.I64_CONST) {
    return [nextConstant(instruction, around.file.bytes)];
  }
  if (isStore(opcode)) return [replaced(instruction, "drop store", [DROP, DROP])];
  if (opcode === Opcode.GLOBAL_SET) return [replaced(instruction, "drop store", [DROP])];
  if (opcode === Opcode.CALL) return dropCall(instruction, around);
  if (isBranch(opcode)) return branchesSpoilt(instruction);
  return swapped(instruction, around);
}

// -------------------------------------------------------------------------------------- operations

interface Swap {
  readonly from: string;
  readonly to: string;
  readonly bytes: readonly number[];
}

const SWAPS = new Map<number, Swap>();

/** Names of opcodes from `first` on, and what each becomes. */
function addSwaps(first: number, names: readonly string[], pairs: Record<string, string>): void {
  names.forEach((from, i) => {
    const to = pairs[from];
    if (to !== undefined) SWAPS.set(first + i, { from, to, bytes: [first + names.indexOf(to)] });
  });
}

const COMPARISONS = ["eq", "ne", "lt_s", "lt_u", "gt_s", "gt_u", "le_s", "le_u", "ge_s", "ge_u"];
const FLOAT_COMPARISONS = ["eq", "ne", "lt", "gt", "le", "ge"];
/** Equality becomes its opposite; an order moves its bound by one. */
const COMPARISON_PAIRS = {
  ...{ eq: "ne", ne: "eq", lt: "le", le: "lt", gt: "ge", ge: "gt" },
  ...{ lt_s: "le_s", le_s: "lt_s", gt_s: "ge_s", ge_s: "gt_s" },
  ...{ lt_u: "le_u", le_u: "lt_u", gt_u: "ge_u", ge_u: "gt_u" },
};

const ARITHMETIC = [
  ...["add", "sub", "mul", "div_s", "div_u", "rem_s", "rem_u"],
  ...["and", "or", "xor", "shl", "shr_s", "shr_u", "rotl", "rotr"],
];
const FLOAT_ARITHMETIC = ["add", "sub", "mul", "div"];
const ARITHMETIC_PAIRS = {
  ...{ add: "sub", sub: "add", mul: "add", div: "mul", div_s: "mul", div_u: "mul" },
  ...{ rem_s: "div_s", rem_u: "div_u", and: "or", or: "and", xor: "or" },
  ...{ shl: "shr_u", shr_s: "shl", shr_u: "shl", rotl: "rotr", rotr: "rotl" },
};

const I32_EQ = 0x46;
const I64_EQZ = 0x50;
addSwaps(I32_EQ, COMPARISONS, COMPARISON_PAIRS);
addSwaps(I64_EQZ + 1, COMPARISONS, COMPARISON_PAIRS);
addSwaps(0x5b, FLOAT_COMPARISONS, COMPARISON_PAIRS);
addSwaps(0x61, FLOAT_COMPARISONS, COMPARISON_PAIRS);
addSwaps(0x6a, ARITHMETIC, ARITHMETIC_PAIRS);
addSwaps(0x7c, ARITHMETIC, ARITHMETIC_PAIRS);
addSwaps(0x92, FLOAT_ARITHMETIC, ARITHMETIC_PAIRS);
addSwaps(0xa0, FLOAT_ARITHMETIC, ARITHMETIC_PAIRS);
SWAPS.set(EQZ, { from: "not", to: "yes", bytes: [Opcode.I32_CONST, 0, I32_EQ + 1] });
SWAPS.set(I64_EQZ, { from: "not", to: "yes", bytes: [Opcode.I64_CONST, 0, I64_EQZ + 2] });

/** Those whose opposite is the branch behind them, negated. */
const OPPOSITES = new Set([EQZ, I32_EQ, I32_EQ + 1, I64_EQZ, I64_EQZ + 1, I64_EQZ + 2]);

function swapped(instruction: Instruction, { next }: Surroundings): readonly Spoiling[] {
  const swap = SWAPS.get(instruction.opcode);
  if (swap === undefined) return [];
  const isCondition = next !== undefined && (isBranch(next.opcode) || next.opcode === EQZ);
  if (isCondition && OPPOSITES.has(instruction.opcode)) return [];
  return [replaced(instruction, `${swap.from}->${swap.to}`, swap.bytes)];
}

/** One more; of one, which is `true` where it is a truth, it makes nothing. */
function nextConstant(instruction: Instruction, bytes: Uint8Array): Spoiling {
  const { opcode, operandsAt, end } = instruction;
  const value = new ByteReader(bytes, operandsAt, end).signed();
  const bits = opcode === Opcode.I32_CONST ? 32 : 64;
  const other = value === 1n ? 0n : BigInt.asIntN(bits, value + 1n);
  return replaced(instruction, `const ${value}->${other}`, [opcode, ...signedBytes(other)]);
}

// ---------------------------------------------------------------------------------------- branches

function isBranch(opcode: number): boolean {
  return opcode === Opcode.IF || opcode === Opcode.BR_IF || opcode === Opcode.SELECT;
}

function branchesSpoilt({ opcode, at }: Instruction): readonly Spoiling[] {
  const negated = before(at, "negate branch", [EQZ]);
  if (opcode === Opcode.SELECT) return [negated];
  return [negated, before(at, "never branch", [DROP, Opcode.I32_CONST, 0])];
}

// ------------------------------------------------------------------------------------------- calls

/** A field that is read through a function is no call of the source. */
const GETTER = /#get:/;
const SETTER = /#set:(.*)$/;

function dropCall(instruction: Instruction, { file, names }: Surroundings): readonly Spoiling[] {
  const index = new ByteReader(file.bytes, instruction.operandsAt).u32();
  const name = names.get(index) ?? `function ${index}`;
  if (GETTER.test(name)) return [];
  const bytes = withoutCall(file.typeOfFunction(index));
  return bytes === undefined ? [] : [replaced(instruction, callDropped(name), bytes)];
}

function callDropped(name: string): string {
  return SETTER.test(name) ? "drop store" : `drop call ${name.slice(name.lastIndexOf("/") + 1)}`;
}

const ZERO_OF_TYPE: ReadonlyMap<ValueType, readonly number[]> = new Map<
  ValueType,
  readonly number[]
>([
  ["i32", [Opcode.I32_CONST, 0]],
  ["i64", [Opcode.I64_CONST, 0]],
  ["f32", [0x43, 0, 0, 0, 0]],
  ["f64", [0x44, 0, 0, 0, 0, 0, 0, 0, 0]],
]);

/** Operands go, zeroes come; undefined for types whose zero is not spelled here. */
function withoutCall({ params, results }: FunctionType): readonly number[] | undefined {
  const zeroes = results.map((type) => ZERO_OF_TYPE.get(type));
  if (zeroes.includes(undefined)) return undefined;
  return [...params.map(() => DROP), ...zeroes.flatMap((zero) => zero ?? [])];
}

// ----------------------------------------------------------------------------------------- patches

function replaced({ at, end }: Instruction, operator: string, bytes: readonly number[]): Spoiling {
  return { operator, patch: { at, end, bytes } };
}

function before(at: number, operator: string, bytes: readonly number[]): Spoiling {
  return { operator, patch: { at, end: at, bytes } };
}
