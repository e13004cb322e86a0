// A program in the form that the core runs: one record for each operation, in order, so that record
// i, result i and operation i belong together.
import { NAME_MAX } from "../../abi.ts";
import { assert, unreachable } from "../../base/assert.ts";
import { fitsI32, highWord, lowWord } from "../../base/bytes.ts";
import { bytesOfHex } from "../../base/hex.ts";
import { UserError } from "../../base/user_error.ts";
import { bootLettersFor } from "./boot.ts";
import { HostOp, ProgramImage } from "./image.ts";
import { lettersOfFlags } from "./letters.ts";
import { type Machine, requireRunnable } from "./machine.ts";
import {
  type Address,
  type AddressWord,
  type CacheWord,
  isAddressName,
  type PlaceOp,
  type PlainWord,
  type Program,
  type ProgramOp,
  placeOfOp,
  RESERVED_SLOTS,
} from "./op.ts";
import { checkFrame, checkRegion } from "./physical_memory.ts";
import { numberedSlots } from "./scope.ts";

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
      case "setoffset":
        return image.setOffset(this.#name(op.name), op.offset);
      case "alloc":
        return image.alloc(this.#name(op.name), this.#fill(op.slot), op.zero);
      case "allocn":
        return image.allocSlots(this.#name(op.name), this.#fillRow(op));
      case "bulkalloc":
        return image.bulkAllocSlots(this.#name(op.name), this.#fillRow(op));
      case "freen":
        return this.#freeRow(op);
      case "bulkfree":
        return this.#bulkFree(op.name, op.targets);
      case "free":
        return image.free(this.#name(op.name), this.#slot(op.target), op.target.offset);
      case "freeoff":
        return image.free(this.#name(op.name), this.#slot(op.target), sum(op), true);
      case "rfp":
        return image.rfp(this.#name(op.name), this.#slot(op.target), op.target.offset);
      case "wfp":
        return this.#wfp(op);
      case "geometry":
      case "validate":
      case "shrink":
      case "destroy":
      case "state":
      case "list":
        return this.#cacheWord(op.op, this.#name(op.name));
      case "ctorcalls":
      case "scrub":
      case "info":
        return this.#plainWord(op.op);
      case "nextpfn":
        checkFrame(op.pfn, this.#machine);
        return image.nextPfn(op.pfn);
      case "cpu":
        return this.#cpu(op.cpu);
      default:
        return this.#place(op);
    }
  }

  #cacheWord(op: CacheWord, name: number): number {
    const { image } = this;
    switch (op) {
      case "geometry":
        return image.host(HostOp.GEOMETRY, name);
      case "state":
        return image.state(HostOp.STATE, name);
      case "list":
        return image.state(HostOp.LIST, name);
      case "validate":
        return image.validate(name);
      case "shrink":
        return image.shrink(name);
      case "destroy":
        return image.destroy(name);
      default:
        return unreachable(op);
    }
  }

  #plainWord(op: PlainWord): number {
    if (op === "ctorcalls") return this.image.ctorcalls();
    return op === "scrub" ? this.image.scrub() : this.image.host(HostOp.INFO);
  }

  #place(op: PlaceOp): number {
    const { image } = this;
    switch (op.op) {
      case "kmalloc":
        return image.kmalloc(op.size, this.#fill(op.slot), op.zero);
      case "krealloc":
        return this.#krealloc(op);
      case "cmp":
        return this.#cmp(op);
      case "write":
        return image.write(this.#slot(op.target), sum(op), bytesOf(op.hex));
      case "xor":
        return this.#xor(op);
      case "fill":
        return image.fill(this.#slot(op.target), sum(op), op.length, op.byte);
      case "read":
        return image.read(this.#slot(op.target), sum(op), op.length);
      case "wptr":
        return this.#wptr(op);
      case "rptr":
        return image.rptr(this.#slot(op.target), sum(op));
      case "slot":
        return this.#setSlot(op);
      case "listadd":
      case "listaddtail":
        return this.#listAdd(op);
      case "region":
        return this.#region(op);
      default:
        return this.#targetWord(op.op, this.#slot(op.target), op.target.offset);
    }
  }

  #targetWord(op: AddressWord, slot: number, offset: number): number {
    const { image } = this;
    switch (op) {
      case "kfree":
        return image.kfree(slot, offset);
      case "ksize":
        return image.ksize(slot, offset);
      case "kvalidate":
        return image.kvalidate(slot, offset);
      case "kgeometry":
        return image.host(HostOp.KGEOMETRY, 0, slot, offset);
      case "sym":
        return image.host(HostOp.SYM, 0, slot, offset);
      case "listwalk":
        return image.host(HostOp.LISTWALK, 0, slot, offset);
      case "listinit":
        return image.listInit(slot, offset);
      case "listdel":
        return image.listDel(slot, offset);
      default:
        return unreachable(op);
    }
  }

  #cache(op: Extract<ProgramOp, { op: "cache" }>): number {
    const letters = lettersOfFlags(op.flags, op.ctor);
    const bootLetters = bootLettersFor(this.#machine, op.name, letters);
    return this.image.cache(this.#name(op.name), op.size, op.align, letters, bootLetters);
  }

  #geomtsv(op: Extract<ProgramOp, { op: "geomtsv" }>): number {
    const letters = lettersOfFlags(op.flags, op.ctor);
    return this.image.host(HostOp.GEOMTSV, 0, letters, op.size, 0, op.align);
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

  #wfp({ name, target, value }: Extract<ProgramOp, { op: "wfp" }>): number {
    const slots = [this.#slot(target), this.#slot(value)];
    return this.image.wfp(this.#name(name), slots[0], target.offset, slots[1], value.offset);
  }

  #cpu(cpu: number): number {
    if (cpu >= this.#machine.cpus) {
      throw new UserError(`no CPU ${cpu}: this machine has ${this.#machine.cpus}`);
    }
    return this.image.cpu(cpu);
  }

  #krealloc(op: Extract<ProgramOp, { op: "krealloc" }>): number {
    const slot = this.#slot(op.target);
    return this.image.krealloc(slot, op.target.offset, op.size, this.#fill(op.slot));
  }

  #cmp({ target, other }: Extract<ProgramOp, { op: "cmp" }>): number {
    const slots = [this.#slot(target), this.#slot(other)];
    return this.image.host(HostOp.CMP, 0, slots[0], target.offset, slots[1], other.offset);
  }

  #xor(op: Extract<ProgramOp, { op: "xor" }>): number {
    const { target, offset, hex } = op;
    const slot = this.#slot(target);
    if (offset === "fp") return this.image.xorFreePointer(slot, target.offset, bytesOf(hex));
    return this.image.xor(slot, sum({ target, offset }), bytesOf(hex));
  }

  #wptr(op: Extract<ProgramOp, { op: "wptr" }>): number {
    const slots = [this.#slot(op.target), this.#slot(op.value)];
    return this.image.wptr(slots[0], sum(op), slots[1], op.value.offset);
  }

  #setSlot(op: Extract<ProgramOp, { op: "slot" }>): number {
    const value = this.#slot(op.target);
    return this.image.setSlot(this.#fill(op.slot), value, op.target.offset);
  }

  #listAdd({ op, target, head }: Extract<ProgramOp, { op: "listadd" | "listaddtail" }>): number {
    const slots = [this.#slot(target), this.#slot(head)];
    if (op === "listadd") return this.image.listAdd(slots[0], target.offset, slots[1], head.offset);
    return this.image.listAddTail(slots[0], target.offset, slots[1], head.offset);
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
  const offset = op.target.offset + op.offset;
  if (!fitsI32(offset)) throw new UserError("the offsets add up to too much");
  return offset;
}

function bytesOf(hex: string): Uint8Array {
  const bytes = bytesOfHex(hex);
  assert(bytes !== undefined, "a program's bytes are hex digits");
  return bytes;
}
