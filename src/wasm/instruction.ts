// Walks the instructions of a function body. What an instruction does is told by its opcode; all
// that has to be known of the others is how many bytes their operands take.
import { UserError } from "../base/user_error.ts";
import { type ByteReader, NUMBER_BYTES_MAX } from "./leb128.ts";

/** Opcodes that this program asks for by name. Two-byte ones are prefix << 8 | number. */
export const Opcode = {
  UNREACHABLE: 0x00,
  BLOCK: 0x02,
  LOOP: 0x03,
  IF: 0x04,
  ELSE: 0x05,
  END: 0x0b,
  BR: 0x0c,
  BR_IF: 0x0d,
  BR_TABLE: 0x0e,
  RETURN: 0x0f,
  CALL: 0x10,
  CALL_INDIRECT: 0x11,
  RETURN_CALL: 0x12,
  RETURN_CALL_INDIRECT: 0x13,
  DROP: 0x1a,
  SELECT: 0x1b,
  LOCAL_GET: 0x20,
  LOCAL_SET: 0x21,
  LOCAL_TEE: 0x22,
  GLOBAL_GET: 0x23,
  GLOBAL_SET: 0x24,
  FIRST_LOAD: 0x28,
  I32_LOAD: 0x28,
  LAST_LOAD: 0x35,
  FIRST_STORE: 0x36,
  I32_STORE: 0x36,
  LAST_STORE: 0x3e,
  MEMORY_SIZE: 0x3f,
  MEMORY_GROW: 0x40,
  I32_CONST: 0x41,
  I64_CONST: 0x42,
  F32_CONST: 0x43,
  F64_CONST: 0x44,
  I32_EQZ: 0x45,
  I32_EQ: 0x46,
  I32_NE: 0x47,
  I32_LT_S: 0x48,
  I32_LT_U: 0x49,
  I32_GT_U: 0x4b,
  I32_LE_U: 0x4d,
  I32_GE_U: 0x4f,
  I32_CLZ: 0x67,
  I32_ADD: 0x6a,
  I32_SUB: 0x6b,
  I32_MUL: 0x6c,
  I32_AND: 0x71,
  I32_OR: 0x72,
  I32_SHL: 0x74,
  I32_SHR_U: 0x76,
  I64_ADD: 0x7c,
  MEMORY_INIT: 0xfc08,
  MEMORY_COPY: 0xfc0a,
  MEMORY_FILL: 0xfc0b,
  TABLE_INIT: 0xfc0c,
  TABLE_COPY: 0xfc0e,
  TABLE_FILL: 0xfc11,
  V128_LOAD: 0xfd00,
  V128_STORE: 0xfd0b,
  V128_CONST: 0xfd0c,
  LOAD_LANE_FIRST: 0xfd54,
  STORE_LANE_FIRST: 0xfd58,
  STORE_LANE_LAST: 0xfd5b,
  LOAD_ZERO_LAST: 0xfd5d,
} as const;

export interface Instruction {
  readonly opcode: number;
  /** Where it begins, where its operands do, and where the next one begins. */
  readonly at: number;
  readonly operandsAt: number;
  readonly end: number;
}

/** Instructions until the reader is done. */
export function* instructionsOf(reader: ByteReader): Generator<Instruction> {
  while (!reader.isDone) {
    const at = reader.at;
    const opcode = readOpcode(reader);
    const operandsAt = reader.at;
    skipOperands(reader, opcode);
    yield { opcode, at, operandsAt, end: reader.at };
  }
}

/**
 * Sees instructions with some opcodes, and none of the others: a module of a megabyte has half a
 * million, and nobody has time for an object or a call for each. `wanted` has a one for each plain
 * opcode, or prefix, that is to be seen.
 */
export function seeInstructions(
  reader: ByteReader,
  wanted: Uint8Array,
  see: (opcode: number, at: number, end: number) => void,
): void {
  const { bytes, end } = reader;
  while (reader.at < end) {
    const at = reader.at;
    const first = bytes[at];
    if (NUMBERS[first] === ODD) {
      const opcode = readOpcode(reader);
      skipOperands(reader, opcode);
      if (wanted[first] !== 0) see(opcode, at, reader.at);
      continue;
    }
    const next = endOfNumbers(bytes, at + 1, NUMBERS[first]);
    reader.skip(next - at);
    if (wanted[first] !== 0) see(first, at, next);
  }
}

/** Where so many numbers end, which may be behind the last byte. */
function endOfNumbers(bytes: Uint8Array, at: number, count: number): number {
  let next = at;
  for (let left = count; left > 0; left--) {
    const most = next + NUMBER_BYTES_MAX;
    while (bytes[next++] >= 0x80);
    if (next > most) throw new UserError("the module has a number that does not fit 64 bits");
  }
  return next;
}

function readOpcode(reader: ByteReader): number {
  const byte = reader.byte();
  return byte === 0xfc || byte === 0xfd ? (byte << 8) | reader.u32() : byte;
}

export function isLoad(opcode: number): boolean {
  if (opcode >= Opcode.FIRST_LOAD && opcode <= Opcode.LAST_LOAD) return true;
  if (opcode >= Opcode.V128_LOAD && opcode < Opcode.V128_STORE) return true;
  if (opcode >= Opcode.LOAD_LANE_FIRST && opcode < Opcode.STORE_LANE_FIRST) return true;
  return opcode > Opcode.STORE_LANE_LAST && opcode <= Opcode.LOAD_ZERO_LAST;
}

export function isStore(opcode: number): boolean {
  if (opcode >= Opcode.FIRST_STORE && opcode <= Opcode.LAST_STORE) return true;
  if (opcode === Opcode.V128_STORE) return true;
  return opcode >= Opcode.STORE_LANE_FIRST && opcode <= Opcode.STORE_LANE_LAST;
}

/** Whether it fills or copies memory, with the length on top of the stack. */
export function isBulk(opcode: number): boolean {
  return opcode === Opcode.MEMORY_FILL || opcode === Opcode.MEMORY_COPY;
}

function skipOperands(reader: ByteReader, opcode: number): void {
  if (opcode >= 0xfd00) skipVectorOperands(reader, opcode - 0xfd00);
  else if (opcode >= 0xfc00) skipBulkOperands(reader, opcode - 0xfc00);
  else skipPlainOperands(reader, opcode);
}

function skipPlainOperands(reader: ByteReader, opcode: number): void {
  const count = NUMBERS[opcode];
  if (count === ODD) skipOddOperands(reader, opcode);
  else skipNumbers(reader, count);
}

function skipOddOperands(reader: ByteReader, opcode: number): void {
  switch (opcode) {
    case Opcode.BR_TABLE:
      skipNumbers(reader, reader.u32() + 1);
      break;
    case TYPED_SELECT:
      skipNumbers(reader, reader.u32());
      break;
    case Opcode.F32_CONST:
      reader.skip(4);
      break;
    case Opcode.F64_CONST:
      reader.skip(8);
      break;
    default:
      throw unknown(opcode);
  }
}

const REF_NULL = 0xd0;
const TYPED_SELECT = 0x1c;
const I32_EQZ = 0x45;
const LAST_PLAIN = 0xc4;

/** How many numbers stand behind an opcode. */
const COUNTS: Readonly<Record<number, number>> = {
  ...counted(0, [0x00, 0x01, Opcode.ELSE, Opcode.END, Opcode.RETURN, Opcode.DROP, Opcode.SELECT]),
  ...counted(0, [0xd1]),
  ...counted(1, [Opcode.BLOCK, Opcode.LOOP, Opcode.IF, Opcode.I32_CONST, Opcode.I64_CONST]),
  ...counted(1, [Opcode.BR, Opcode.BR_IF, Opcode.CALL, Opcode.RETURN_CALL, REF_NULL]),
  ...counted(1, [0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x3f, 0x40, 0xd2]),
  ...counted(2, [Opcode.CALL_INDIRECT, Opcode.RETURN_CALL_INDIRECT]),
};

function counted(count: number, opcodes: readonly number[]): Record<number, number> {
  return Object.fromEntries(opcodes.map((opcode) => [opcode, count]));
}

/** Of the first byte of an instruction: its operands are no mere numbers, or it is not known. */
const ODD = 0xff;
const NUMBERS = Uint8Array.from({ length: 256 }, (_, opcode) => {
  if (opcode >= Opcode.FIRST_LOAD && opcode <= Opcode.LAST_STORE) return 2;
  if (opcode >= I32_EQZ && opcode <= LAST_PLAIN) return 0;
  return COUNTS[opcode] ?? ODD;
});

const BULK_COUNTS = [0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1, 2, 1, 2, 1, 1, 1];

function skipBulkOperands(reader: ByteReader, number: number): void {
  skipNumbers(reader, known(BULK_COUNTS[number], 0xfc00 | number));
}

const VECTOR_COUNT = 276;

function skipVectorOperands(reader: ByteReader, number: number): void {
  const hasLane = (number >= 21 && number <= 34) || (number >= 84 && number <= 91);
  const hasAddress = number <= 11 || (number >= 84 && number <= 93);
  if (number >= VECTOR_COUNT) throw unknown(0xfd00 | number);
  if (hasAddress) skipNumbers(reader, 2);
  if (hasLane) reader.skip(1);
  if (number === 12 || number === 13) reader.skip(16);
}

function skipNumbers(reader: ByteReader, count: number): void {
  for (let i = 0; i < count; i++) reader.skipNumber();
}

function known(count: number | undefined, opcode: number): number {
  if (count === undefined) throw unknown(opcode);
  return count;
}

function unknown(opcode: number): UserError {
  return new UserError(
    `the module has an instruction that is not known here: 0x${opcode.toString(16)}`,
  );
}
