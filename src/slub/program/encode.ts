// A program in the form that the core runs: one record for each operation, in order, so that record
// i, result i and operation i belong together. Each field says where it lies (fields.ts); here it
// is put there.
import { NAME_MAX, Op } from "../../abi.ts";
import { assert } from "../../base/assert.ts";
import { fitsI32, highWord, lowWord } from "../../base/bytes.ts";
import { bytesOfHex } from "../../base/hex.ts";
import { UserError } from "../../base/user_error.ts";
import { type Address, isAddressName, RESERVED_SLOTS } from "./address.ts";
import { bootLettersFor } from "./boot.ts";
import { FIELD_KINDS, type Fields, type Lies } from "./fields.ts";
import { NAME_LENGTH_MAX, type OpRecord, ProgramImage } from "./image.ts";
import { lettersOfFlags } from "./letters.ts";
import type { Machine } from "./machine.ts";
import { type Program, type ProgramOp, placeOfOp } from "./op.ts";
import { operationOf } from "./operations.ts";
import { checkFrame, checkRegion } from "./physical_memory.ts";
import { numberedSlots } from "./scope.ts";

/** The binary form of a program that was read or made by hand. */
export function encode(program: Program, machine: Machine): ProgramImage {
  return new Encoder(machine).encode(program);
}

/** Puts the value of a field into its record; `op` has the fields beside it. */
type Put = (record: OpRecord, value: never, op: Fields) => void;

/** Encodes programs for one machine, one after the other, into the same image. */
export class Encoder {
  readonly image = new ProgramImage();
  readonly #machine: Machine;
  readonly #names = new Map<string, number>();
  readonly #slots = new Map<string, number>();

  /** Where values are read. */
  readonly #reads: Readonly<Partial<Record<Lies, Put>>> = {
    name: (record, name: string) => {
      record.name = this.#name(name);
    },
    "new name": (record, name: string, op) => this.#newName(record, name, op),
    target: (record, target: Address) => {
      record.slot = this.#slot(target);
      record.offset = target.offset;
    },
    "second target": (record, target: Address) => {
      record.slot2 = this.#slot(target);
      record.arg = target.offset;
    },
    "in target": addOffset,
    "in target, or fp": (record, offset: number | "fp") => {
      if (offset === "fp") record.aux = 1;
      else addOffset(record, offset);
    },
    arg: (record, value: number) => {
      record.arg = value;
    },
    CPU: (record, cpu: number) => {
      record.arg = this.#checkedCpu(cpu);
    },
    "page frame": (record, pfn: number) => {
      checkFrame(pfn, this.#machine);
      record.arg = pfn;
    },
    aux: (record, value: number) => {
      record.aux = value;
    },
    flag: (record, isSet: boolean) => {
      record.aux = Number(isSet);
    },
    alignment: (record, align: number) => {
      record.arg = align;
    },
    "free pointer place": (record, place: number | undefined, op) => {
      if (place === undefined && op.sheaf === undefined) return;
      record.code = Op.CACHE_ARGS;
      record.arg = this.image.storeWords([op.align, op.sheaf ?? 0, place ?? NO_PLACE]);
    },
    offset: (record, value: number) => {
      record.offset = value;
    },
    letters: (record, flags: string, op) => {
      record.slot = lettersOfFlags(flags, op.ctor);
    },
    bytes: (record, hex: string) => {
      const bytes = bytesOf(hex);
      record.arg = this.image.storeBytes(bytes);
      record.slot2 = bytes.length;
    },
    list: (record, targets: readonly Address[]) => this.#putTargets(record, targets),
    "freed row": (record, prefix: string, op) => this.#putFreedRow(record, prefix, op.count),
    address: (record, address: bigint, op) => {
      checkRegion(address, op.size, this.#machine);
      record.arg = this.image.storeLong(highWord(address), lowWord(address));
      this.image.regionCount++;
    },
  };

  /** Where slots are filled. */
  readonly #fills: Readonly<Partial<Record<Lies, Put>>> = {
    slot: (record, name: string) => {
      record.slot = this.#fill(name);
    },
    slot2: (record, name: string) => {
      record.slot2 = this.#fill(name);
    },
    "filled row": (record, prefix: string, op) => {
      const slots = numberedSlots(prefix, op.count).map((name) => this.#fill(name));
      record.arg = this.image.storeTargets(slots);
      record.slot2 = slots.length;
    },
  };

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** The binary form of a program, until the next one is encoded. */
  encode(program: Program): ProgramImage {
    this.#begin();
    for (const [index, op] of program.ops.entries()) {
      try {
        this.#put(op);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        throw new UserError(`${placeOfOp(program, index)}: ${error.message}`);
      }
    }
    return this.image;
  }

  #begin(): void {
    this.image.clear();
    this.#names.clear();
    this.#slots.clear();
    for (const [slot, name] of RESERVED_SLOTS.entries()) this.#slots.set(name, slot);
  }

  /** What is read is looked up before what is filled: `slot a a+8` begins at the old a. */
  #put(op: ProgramOp): void {
    const { code, aux = 0, fields } = operationOf(op.op);
    this.#checkKernel(op);
    const record: OpRecord = { code, aux, name: 0, slot: 0, slot2: 0, offset: 0, arg: 0 };
    for (const puts of [this.#reads, this.#fills]) {
      for (const kind of fields) {
        const { field, lies } = FIELD_KINDS[kind];
        const values = op as unknown as Fields;
        puts[lies]?.(record, values[field] as never, values);
      }
    }
    this.image.put(record);
  }

  /** What only 7.3 has is refused on other kernels. */
  #checkKernel(op: ProgramOp): void {
    const { profile } = this.#machine;
    if (profile === "v7.3") return;
    const refused = operationOf(op.op).since === undefined ? partOf73(op) : op.op;
    if (refused !== undefined)
      throw new UserError(`${refused} is there on v7.3, not on ${profile}`);
  }

  #newName(record: OpRecord, name: string, op: Fields): void {
    record.name = this.#name(name);
    record.aux = Math.min(name.length, NAME_LENGTH_MAX);
    record.slot2 = bootLettersFor(this.#machine, name, lettersOfFlags(op.flags, op.ctor));
  }

  #putTargets(record: OpRecord, targets: readonly Address[]): void {
    const known = targets.filter(({ slot }) => isAddressName(slot) || this.#slots.has(slot));
    const slots = known.map((target) => this.#slot(target));
    const offsets = known.map((target) => target.offset);
    record.arg = this.image.storeTargets(slots, offsets);
    record.slot2 = slots.length;
  }

  /** Slots of the row that nothing filled are passed over. */
  #putFreedRow(record: OpRecord, prefix: string, count: number): void {
    const known = numberedSlots(prefix, count).filter((slot) => this.#slots.has(slot));
    this.#putTargets(
      record,
      known.map((slot) => ({ slot, offset: 0 })),
    );
    record.slot = known.length === 0 ? 1 : known[0].length - prefix.length;
  }

  #checkedCpu(cpu: number): number {
    if (cpu < this.#machine.cpus) return cpu;
    throw new UserError(`no CPU ${cpu}: this machine has ${this.#machine.cpus}`);
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
}

/** What a cache asks for that only 7.3 has. */
function partOf73(op: ProgramOp): string | undefined {
  if (op.op !== "cache") return undefined;
  if (op.sheaf !== undefined) return "sheaf=N";
  if (op.fpoff !== undefined) return "fpoff=N";
  const letter = /[NO]/.exec(op.flags);
  return letter === null ? undefined : `the letter ${letter[0]}`;
}

/** No place of the free pointer is asked for. */
const NO_PLACE = 0xffffffff;

/** A target's own displacement and the operation's offset lie there as their sum. */
function addOffset(record: OpRecord, more: number): void {
  record.offset += more;
  if (!fitsI32(record.offset)) throw new UserError("the offsets add up to too much");
}

function bytesOf(hex: string): Uint8Array {
  const bytes = bytesOfHex(hex);
  assert(bytes !== undefined, "a program's bytes are hex digits");
  return bytes;
}
