// Makes a program of operations that were put together by chance: what the program has no right to
// do is left out, or done to another object of the same cache, but for as many mistakes as it may
// make. Names that nothing made are left out, too, and at its end the program gives everything
// back. So the oracle knows each rule that holds, as with programs of the generator.
//
// Does not see where anything lies: whether a write beyond an object hits another one is for the
// oracle to say.
import { Letter } from "../../abi.ts";
import { type Address, isAddressName, RESERVED_SLOTS } from "../program/address.ts";
import { lettersOfFlags } from "../program/letters.ts";
import type { OpOf, ProgramOp } from "../program/op.ts";
import { numberedSlots, slotsMadeBy } from "../program/scope.ts";
import { Belongings, type HeldObject, KMALLOC_OWNER } from "./belongings.ts";

/** What programs of a campaign may be like. */
export interface RightsOptions {
  /** Mistakes of a program, at most; operations in a row that are mistakes are one. */
  readonly mistakesMax: number;
  /** Operations that may be mistakes; without them any may. */
  readonly meant?: ReadonlySet<ProgramOp> | undefined;
  /** Operations before what is given back at the end, at most. */
  readonly opCountMax: number;
}

type Op<Word extends ProgramOp["op"]> = OpOf<Word>;

/** The operations as a program that keeps to its rights, and gives everything back. */
export function rightfulOps(
  ops: readonly ProgramOp[],
  options: RightsOptions,
): readonly ProgramOp[] {
  const rights = new Rights(options);
  for (const op of ops) rights.take(op);
  rights.end();
  return rights.ops;
}

/** Those of the operations that such a program has no right to do. */
export function mistakesIn(
  ops: readonly ProgramOp[],
  options: RightsOptions,
): readonly ProgramOp[] {
  const rights = new Rights(options);
  for (const op of ops) rights.take(op);
  return rights.mistakes;
}

/** Objects that a program holds, at most: memory never runs out. */
const HELD_MAX = 600;
/** Slots and caches that it names, at most. */
const SLOTS_MAX = 8192;
const CACHES_MAX = 24;
/** kfree_rcu() needs so much room in an object, and no whole pages. */
const RCU_HEAD_BYTES = 16;
const RCU_BYTES_MAX = 8192;

class Rights {
  readonly ops: ProgramOp[] = [];
  /** Operations that were taken without a right to them. */
  readonly mistakes: ProgramOp[] = [];
  readonly #options: RightsOptions;
  readonly #mine = new Belongings();
  #mistakes = 0;
  /** The operation at hand. */
  #op: ProgramOp | undefined;
  /** Operations that were taken, and how many had been when the last mistake was made. */
  #taken = 0;
  #mistakeAt = -1;
  #cpu = 0;

  constructor(options: RightsOptions) {
    this.#options = options;
  }

  take(op: ProgramOp): void {
    if (this.ops.length >= this.#options.opCountMax) return;
    this.#taken++;
    this.#op = op;
    if ("name" in op && op.op !== "cache" && !this.#mine.hasCache(op.name)) return;
    if (placesOf(op).some((place) => !this.#isKnown(place))) return;
    this.#takeKnown(op);
  }

  /** Everything is given back: objects, sheaves, caches. */
  end(): void {
    for (const [slot, { owner }] of [...this.#mine.held]) this.#giveBack(slot, owner);
    for (const name of [...this.#mine.cacheNames]) {
      this.#putSheavesOf(name);
      this.ops.push({ op: "shrink", name }, { op: "destroy", name });
    }
  }

  #takeKnown(op: ProgramOp): void {
    switch (op.op) {
      case "cache":
        this.#create(op);
        return;
      case "alloc":
        this.#allocate(op);
        return;
      case "allocn":
      case "bulkalloc":
        this.#allocateRow(op);
        return;
      case "kmalloc":
        this.#kmalloc(op);
        return;
      case "krealloc":
        this.#krealloc(op);
        return;
      case "destroy":
        this.#destroy(op);
        return;
      case "cpu":
        this.#cpu = op.cpu;
        this.ops.push(op);
        return;
      default:
        this.#takeFree(op);
    }
  }

  #takeFree(op: ProgramOp): void {
    switch (op.op) {
      case "free":
        this.#free(op);
        return;
      case "kfree":
        this.#kfree(op);
        return;
      case "freen":
      case "bulkfreen":
        this.#freeRow(op);
        return;
      case "bulkfree":
        this.#bulkFree(op);
        return;
      case "freercu":
        this.#freeRcu(op);
        return;
      case "write":
        this.#write(op, op.hex.length / 2);
        return;
      case "fill":
        this.#write(op, op.length);
        return;
      case "wptr":
        this.#write(op, POINTER_BYTES);
        return;
      case "read":
        this.#read(op);
        return;
      default:
        this.#takeOther(op);
    }
  }

  #takeOther(op: ProgramOp): void {
    switch (op.op) {
      case "sheafget":
        this.#getSheaf(op);
        return;
      case "sheafalloc":
        this.#allocateFromSheaf(op);
        return;
      case "sheafrefill":
        if (this.#mine.sheafOwner(op.target.slot) === op.name) this.ops.push(op);
        return;
      case "sheafput":
        if (this.#mine.sheafOwner(op.target.slot) === op.name) this.#putSheaf(op.target.slot);
        return;
      case "cpudown":
        this.#takeCpuOff(op.cpu);
        return;
      case "ksize":
        if (this.#objectAt(op.target) !== undefined) this.ops.push(op);
        return;
      case "validate":
      case "shrink":
      case "ctorcalls":
      case "rcubarrier":
      case "kvfreebarrier":
        this.ops.push(op);
        return;
      default:
        this.#takeTool(op);
    }
  }

  /** What only mistakes are made with; a slot that remembers an address harms nobody by itself. */
  #takeTool(op: ProgramOp): void {
    if (this.#options.mistakesMax === 0 || !TOOLS.has(op.op)) return;
    if (HARMLESS_TOOLS.has(op.op) || this.#mayErr()) {
      this.ops.push(op);
      for (const slot of slotsMadeBy(op)) this.#mine.forget(slot);
    }
  }

  #create(op: Op<"cache">): void {
    if (this.#mine.hasCache(op.name) || this.#mine.namedCaches === CACHES_MAX) return;
    const isConstructed = (lettersOfFlags(op.flags, op.ctor) & Letter.CTOR) !== 0;
    this.#mine.addCache(op.name, { size: op.size, isConstructed });
    this.ops.push(op);
  }

  #allocate(op: Op<"alloc">): void {
    if (!this.#hasRoom(1)) return;
    const slot = this.#mine.freeSlot(op.slot);
    const zero = op.zero && !this.#mine.isConstructed(op.name);
    this.ops.push({ ...op, slot, zero });
    this.#mine.hold(slot, op.name, zero);
  }

  #allocateRow(op: Op<"allocn"> | Op<"bulkalloc">): void {
    if (!this.#hasRoom(op.count)) return;
    const prefix = this.#mine.freePrefix(op.prefix, op.count);
    this.ops.push({ ...op, prefix });
    for (const slot of numberedSlots(prefix, op.count)) this.#mine.hold(slot, op.name, false);
  }

  #kmalloc(op: Op<"kmalloc">): void {
    if (!this.#hasRoom(1) || op.size === 0) return;
    const slot = this.#mine.freeSlot(op.slot);
    this.ops.push({ ...op, slot });
    this.#mine.holdBytes(slot, op.size, op.zero ? op.size : 0);
  }

  /** The object goes on in another slot. */
  #krealloc(op: Op<"krealloc">): void {
    const object = this.#objectAt(op.target);
    if (object?.owner !== KMALLOC_OWNER || op.size === 0) {
      if (this.#mayErr()) this.#takeErrant(op);
      return;
    }
    const slot = this.#mine.freeSlot(op.slot);
    this.ops.push({ ...op, slot });
    this.#mine.release(op.target.slot);
    this.#mine.holdBytes(slot, op.size, Math.min(op.size, object.filled));
  }

  #takeErrant(op: ProgramOp): void {
    this.ops.push(op);
    for (const slot of slotsMadeBy(op)) this.#mine.forget(slot);
  }

  #free(op: Op<"free">): void {
    const object = this.#objectAt(op.target);
    if (object?.owner === op.name) this.#release(op, op.target.slot);
    else if (this.#mayErr()) this.#release(op, op.target.slot);
    else {
      const slot = this.#mine.youngestOf(op.name);
      if (slot !== undefined) this.#giveBack(slot, op.name);
    }
  }

  #kfree(op: Op<"kfree">): void {
    const object = this.#objectAt(op.target);
    if (object?.owner === KMALLOC_OWNER) this.#release(op, op.target.slot);
    else if (this.#mayErr()) this.#release(op, op.target.slot);
    else {
      const slot = this.#mine.youngestOf(KMALLOC_OWNER);
      if (slot !== undefined) this.#giveBack(slot, KMALLOC_OWNER);
    }
  }

  #release(op: ProgramOp, slot: string): void {
    this.ops.push(op);
    this.#mine.release(slot);
  }

  /** Of a row, those that the program holds; a row that is whole stays one. */
  #freeRow(op: Op<"freen"> | Op<"bulkfreen">): void {
    const slots = numberedSlots(op.prefix, op.count);
    const held = slots.filter((slot) => this.#mine.held.get(slot)?.owner === op.name);
    if (held.length === op.count || (held.length > 0 && this.#mayErr())) this.ops.push(op);
    else if (op.op === "bulkfreen") this.#pushBulkFree(op.name, held);
    else for (const slot of held) this.ops.push(freeOf(op.name, slot));
    for (const slot of held) this.#mine.release(slot);
  }

  #bulkFree(op: Op<"bulkfree">): void {
    const seen = new Set<string>();
    const held = op.targets.filter((target) => {
      const isOwn = this.#objectAt(target)?.owner === op.name && !seen.has(target.slot);
      seen.add(target.slot);
      return isOwn;
    });
    const slots = held.map(({ slot }) => slot);
    const isKnown = op.targets.every((target) => this.#isKnown(target));
    if (held.length < op.targets.length && isKnown && this.#mayErr()) this.ops.push(op);
    else this.#pushBulkFree(op.name, slots);
    for (const slot of slots) this.#mine.release(slot);
  }

  #pushBulkFree(name: string, slots: readonly string[]): void {
    if (slots.length === 0) return;
    const targets = slots.map((slot) => ({ slot, offset: 0 }));
    this.ops.push({ op: "bulkfree", name, targets });
  }

  #freeRcu(op: Op<"freercu">): void {
    const object = this.#objectAt(op.target);
    const size = object?.size ?? 0;
    const isConstructed = object !== undefined && this.#mine.isConstructed(object.owner);
    const isFit = size >= RCU_HEAD_BYTES && size <= RCU_BYTES_MAX && !isConstructed;
    if (isFit || this.#mayErr()) this.#release(op, op.target.slot);
  }

  /** A constructed object stays constructed: its first byte is left alone. */
  #write(op: Op<"write"> | Op<"fill"> | Op<"wptr">, length: number): void {
    const object = this.#mine.held.get(op.target.slot);
    const first = op.target.offset + op.offset;
    const least = object !== undefined && this.#mine.isConstructed(object.owner) ? 1 : 0;
    const isOwn = object !== undefined && first >= least && first + length <= object.size;
    if (!isOwn && !this.#mayErr()) return;
    this.ops.push(op);
    if (isOwn && first <= object.filled) object.filled = Math.max(object.filled, first + length);
  }

  /** A correct program reads what it wrote before. */
  #read(op: Op<"read">): void {
    const object = this.#mine.held.get(op.target.slot);
    const first = op.target.offset + op.offset;
    const isOwn = object !== undefined && first >= 0 && first + op.length <= object.filled;
    if (isOwn || this.#mayErr()) this.ops.push(op);
  }

  #getSheaf(op: Op<"sheafget">): void {
    if (!this.#hasRoom(op.count)) return;
    const slot = this.#mine.freeSlot(op.slot);
    this.ops.push({ ...op, slot });
    this.#mine.addSheaf(slot, op.name, op.count);
  }

  /** An object out of a sheaf that surely has one. */
  #allocateFromSheaf(op: Op<"sheafalloc">): void {
    const sheaf = op.target.slot;
    if (this.#mine.sheafOwner(sheaf) !== op.name || !this.#hasRoom(1)) return;
    if (!this.#mine.takeFromSheaf(sheaf)) return;
    const slot = this.#mine.freeSlot(op.slot);
    const zero = op.zero && !this.#mine.isConstructed(op.name);
    this.ops.push({ ...op, slot, zero });
    this.#mine.hold(slot, op.name, zero);
  }

  #putSheaf(sheaf: string): void {
    const name = this.#mine.sheafOwner(sheaf);
    if (name === undefined) return;
    this.ops.push({ op: "sheafput", name, target: { slot: sheaf, offset: 0 } });
    this.#mine.forget(sheaf);
  }

  #putSheavesOf(name: string): void {
    for (const sheaf of this.#mine.sheavesOf(name)) this.#putSheaf(sheaf);
  }

  /** To destroy a cache while objects are held is a mistake. */
  #destroy(op: Op<"destroy">): void {
    this.#putSheavesOf(op.name);
    const held = [...this.#mine.held].filter(([, { owner }]) => owner === op.name);
    const isLeaky = held.length > 0 && this.#mayErr();
    for (const [slot] of held) {
      if (isLeaky) this.#mine.forget(slot);
      else this.#giveBack(slot, op.name);
    }
    this.ops.push(op);
    this.#mine.dropCache(op.name);
  }

  #giveBack(slot: string, owner: string): void {
    const target = { slot, offset: 0 };
    this.ops.push(owner === KMALLOC_OWNER ? { op: "kfree", target } : freeOf(owner, slot));
    this.#mine.release(slot);
  }

  /** The CPU is there again before anything runs on it. */
  #takeCpuOff(cpu: number): void {
    if (cpu === 0 || cpu === this.#cpu) return;
    this.ops.push({ op: "cpudown", cpu }, { op: "cpuup", cpu });
  }

  #hasRoom(count: number): boolean {
    const { held, namedSlots } = this.#mine;
    return held.size + count <= HELD_MAX && namedSlots + count <= SLOTS_MAX;
  }

  /** The object that a place is the beginning of, and that the program holds. */
  #objectAt({ slot, offset }: Address): HeldObject | undefined {
    return offset === 0 ? this.#mine.held.get(slot) : undefined;
  }

  #isKnown({ slot }: Address): boolean {
    return isAddressName(slot) || RESERVED_SLOTS.includes(slot) || this.#mine.knows(slot);
  }

  /** Whether the operation at hand may be a mistake; counts it as one. */
  #mayErr(): boolean {
    const isAnother = this.#mistakeAt !== this.#taken - 1 && this.#mistakeAt !== this.#taken;
    if (isAnother && this.#mistakes >= this.#options.mistakesMax) return false;
    const { mistakesMax, meant } = this.#options;
    if (this.#op === undefined || mistakesMax === 0 || meant?.has(this.#op) === false) return false;
    if (isAnother) this.#mistakes++;
    this.mistakes.push(this.#op);
    this.#mistakeAt = this.#taken;
    return true;
  }
}

const POINTER_BYTES = 8;

/** Operations that only programs with a mistake have. */
const TOOLS: ReadonlySet<string> = new Set([
  ...["freeoff", "xor", "wfp", "rfp", "rptr", "slot", "region", "setoffset"],
  ...["listinit", "listadd", "listaddtail", "listdel"],
]);
const HARMLESS_TOOLS: ReadonlySet<string> = new Set(["rfp", "rptr", "slot", "region"]);

function freeOf(name: string, slot: string): ProgramOp {
  return { op: "free", name, target: { slot, offset: 0 } };
}

/** The places that an operation names. */
function placesOf(op: ProgramOp): readonly Address[] {
  const { target, value, other, head } = op as {
    readonly [Key in "target" | "value" | "other" | "head"]?: Address;
  };
  return [target ?? [], value ?? [], other ?? [], head ?? []].flat();
}
