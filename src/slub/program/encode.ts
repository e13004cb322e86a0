// A program in the form that the core runs: one record for each operation, in order, so that record
// i, result i and operation i belong together.
import { NAME_MAX } from "../../abi.ts";
import { assert } from "../../base/assert.ts";
import { fitsI32, highWord, lowWord } from "../../base/bytes.ts";
import { bytesOfHex } from "../../base/hex.ts";
import { UserError } from "../../base/user_error.ts";
import { bootLettersFor } from "./boot.ts";
import { type OpRecord, ProgramImage } from "./image.ts";
import { lettersOfFlags } from "./letters.ts";
import { type Machine, requireRunnable } from "./machine.ts";
import type { Address, OpWord, Program, ProgramOp } from "./op.ts";
import { isAddressName, placeOfOp, RESERVED_SLOTS } from "./op.ts";
import { checkFrame, checkRegion } from "./physical_memory.ts";
import { numberedSlots } from "./scope.ts";
import { ARGUMENTS, type ArgumentKind, SYNTAX } from "./syntax.ts";

/** The binary form of a program that was read or made by hand. */
export function encode(program: Program, machine: Machine): ProgramImage {
  requireRunnable(machine);
  const encoder = new Encoder(machine);
  for (const [index, op] of program.ops.entries()) {
    try {
      encoder.encode(op);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      throw new UserError(`${placeOfOp(program, index)}: ${error.message}`);
    }
  }
  return encoder.image;
}

class Encoder {
  readonly image = new ProgramImage();
  readonly #machine: Machine;
  readonly #names = new Map<string, number>();
  readonly #slots = new Map<string, number>(RESERVED_SLOTS.map((name, slot) => [name, slot]));

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  encode(op: ProgramOp): number {
    const { image } = this;
    switch (op.op) {
      case "cache":
        return this.#cache(op);
      case "geomtsv":
        return this.#geomtsv(op);
      case "allocn":
        return image.allocSlots(this.#name(op.name), this.#fillRow(op));
      case "bulkalloc":
        return image.bulkAllocSlots(this.#name(op.name), this.#fillRow(op));
      case "freen":
        return this.#freeRow(op);
      case "bulkfree":
        return this.#bulkFree(op.name, op.targets);
      case "write":
        return image.write(this.#slot(op.target), sum(op), bytesOf(op.hex));
      case "xor":
        return this.#xor(op);
      case "region":
        return this.#region(op);
      default:
        return image.put(this.#record(op));
    }
  }

  /**
   * The record of an operation whose arguments all fit into it. What it reads is looked up before
   * what it fills: `slot a a+8` begins at the old a.
   */
  #record(op: ProgramOp): OpRecord {
    const { code, aux, args } = SYNTAX[op.op];
    const record = { code, aux, name: 0, slot: 0, slot2: 0, offset: 0, arg: 0 };
    const values = op as unknown as Readonly<Record<string, unknown>>;
    const read = args.filter((name) => ARGUMENTS[name].field !== "slot");
    for (const name of read) this.#argument(record, name, values[ARGUMENTS[name].field]);
    if (read.length < args.length) this.#filled(record, op.op, values.slot as string);
    return record;
  }

  #argument(record: OpRecord, name: ArgumentKind, value: unknown): void {
    switch (name) {
      case "cache":
        record.name = this.#name(value as string);
        return;
      case "target":
      case "walked":
        record.slot = this.#slot(value as Address);
        record.offset = (value as Address).offset;
        return;
      case "offset":
        record.offset = checkedSum(record.offset, value as number);
        return;
      case "pointer":
      case "value":
      case "other":
      case "head":
        record.slot2 = this.#slot(value as Address);
        record.arg = (value as Address).offset;
        return;
      case "zero":
      case "byte":
        record.aux = Number(value);
        return;
      case "pfn":
        checkFrame(value as number, this.#machine);
        break;
      case "cpu":
        this.#checkCpu(value as number);
        break;
    }
    record.arg = value as number;
  }

  /** krealloc reads a place, so that what it fills comes second. */
  #filled(record: OpRecord, word: OpWord, name: string): void {
    const slot = this.#fill(name);
    if (word === "krealloc") record.slot2 = slot;
    else record.slot = slot;
  }

  #cache(op: Extract<ProgramOp, { op: "cache" }>): number {
    const letters = lettersOfFlags(op.flags, op.ctor);
    const bootLetters = bootLettersFor(this.#machine, op.name, letters);
    return this.image.cache(this.#name(op.name), op.size, op.align, letters, bootLetters);
  }

  #geomtsv(op: Extract<ProgramOp, { op: "geomtsv" }>): number {
    const letters = lettersOfFlags(op.flags, op.ctor);
    const { code, aux } = SYNTAX.geomtsv;
    const form = { slot: letters, slot2: 0, offset: op.size, arg: op.align };
    return this.image.put({ code, aux, name: 0, ...form });
  }

  /** Slots of the row that nothing filled are passed over. */
  #freeRow({ name, prefix, count }: Extract<ProgramOp, { prefix: string }>): number {
    const known = numberedSlots(prefix, count).filter((slot) => this.#slots.has(slot));
    const slots = known.map((slot) => this.#slots.get(slot) ?? 0);
    const digits = known.length === 0 ? 1 : known[0].length - prefix.length;
    return this.image.freeSlots(this.#name(name), slots, digits);
  }

  #bulkFree(name: string, targets: readonly Address[]): number {
    const known = targets.filter(({ slot }) => isAddressName(slot) || this.#slots.has(slot));
    const slots = known.map((target) => this.#slot(target));
    const offsets = known.map((target) => target.offset);
    return this.image.bulkFree(this.#name(name), slots, offsets);
  }

  #checkCpu(cpu: number): void {
    if (cpu < this.#machine.cpus) return;
    throw new UserError(`no CPU ${cpu}: this machine has ${this.#machine.cpus}`);
  }

  #xor(op: Extract<ProgramOp, { op: "xor" }>): number {
    const { target, offset, hex } = op;
    const slot = this.#slot(target);
    if (offset === "fp") return this.image.xorFreePointer(slot, target.offset, bytesOf(hex));
    return this.image.xor(slot, sum({ target, offset }), bytesOf(hex));
  }

  #region({ slot, address, size }: Extract<ProgramOp, { op: "region" }>): number {
    checkRegion(address, size, this.#machine);
    return this.image.region(this.#fill(slot), size, highWord(address), lowWord(address));
  }

  #name(name: string): number {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    if (this.#names.size === NAME_MAX) throw new UserError(`more than ${NAME_MAX} cache names`);
    const index = this.image.newName(name);
    this.#names.set(name, index);
    return index;
  }

  /** The slot of a target that the program may use here. */
  #slot({ slot }: Address): number {
    const known = this.#slots.get(slot);
    if (known !== undefined) return known;
    if (!isAddressName(slot)) throw new UserError(`no slot ${JSON.stringify(slot)}`);
    const address = BigInt(slot);
    const number = this.image.newAddressSlot(slot, highWord(address), lowWord(address));
    this.#slots.set(slot, number);
    return number;
  }

  /** The slot that an operation fills, new or not. */
  #fill(name: string): number {
    const known = this.#slots.get(name);
    if (known !== undefined) return known;
    const slot = this.image.newSlot(name);
    this.#slots.set(name, slot);
    return slot;
  }

  #fillRow(op: { readonly prefix: string; readonly count: number }): readonly number[] {
    return numberedSlots(op.prefix, op.count).map((name) => this.#fill(name));
  }
}

/** A target's own displacement and the operation's offset, added up. */
function sum(op: { readonly target: Address; readonly offset: number }): number {
  return checkedSum(op.target.offset, op.offset);
}

function checkedSum(displacement: number, more: number): number {
  const offset = displacement + more;
  if (!fitsI32(offset)) throw new UserError("the offsets add up to too much");
  return offset;
}

function bytesOf(hex: string): Uint8Array {
  const bytes = bytesOfHex(hex);
  assert(bytes !== undefined, "a program's bytes are hex digits");
  return bytes;
}
