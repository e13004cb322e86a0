// The binary form of a program: what the core runs. One writer method for each operation of the
// core, and none of them allocates (the arrays grow now and then), because the generator calls them
// a million times a second.
//
//   records   16 bytes an operation, as assembly/abi/op.ts draws them; here as 4 words
//   payload   bytes to write, lists of targets, addresses of regions
//   names     cacheNames[i] and slotNames[n] give the numbers in the records their names; some may
//             be missing (the generator has no use for them), decode() then makes them up
//
// A TARGET is two arguments: slot number, signed displacement. A writer returns the index of the
// operation that it wrote, and refuses what no script can say.
import { OP_MAX, OP_SIZE, Op, PAYLOAD_MAX, SLOT_MAX, Slot, TARGET_SIZE } from "../../abi.ts";
import { assert } from "../../base/assert.ts";
import { alignUp } from "../../base/bytes.ts";
import { UserError } from "../../base/user_error.ts";
import { RESERVED_SLOTS } from "./address.ts";

const WORDS_A_RECORD = OP_SIZE / 4;
const START_OPS = 256;
const START_PAYLOAD = 4096;
/** The length of a name travels in a byte. */
export const NAME_LENGTH_MAX = 255;
/** A record keeps the length of what it writes, or of a list, in 16 bits. */
export const WRITE_BYTES_MAX = 65535;
export const READ_BYTES_MAX = 65536;

/** A slot whose value is fixed from the start: an address that the program spells out. */
export interface AddressSlot {
  readonly slot: number;
  readonly high: number;
  readonly low: number;
}

/** The fields of a record, as assembly/abi/op.ts draws it. */
export interface OpRecord {
  code: Op;
  aux: number;
  name: number;
  slot: number;
  slot2: number;
  offset: number;
  arg: number;
}

export class ProgramImage {
  /** The records; the first 4 * opCount words count. */
  words = new Uint32Array(START_OPS * WORDS_A_RECORD);
  /** The first payloadSize bytes count. */
  payload = new Uint8Array(START_PAYLOAD);
  /** The same, for what is aligned in it. */
  #payloadWords = new Uint32Array(this.payload.buffer);
  opCount = 0;
  payloadSize = 0;
  /** Slot numbers in use: 0 to slotCount - 1. */
  slotCount: number = Slot.FIRST;
  cacheCount = 0;
  /** Regions of foreign memory that the program asks for. */
  regionCount = 0;
  readonly cacheNames: string[] = [];
  readonly slotNames: string[] = [...RESERVED_SLOTS];
  readonly addressSlots: AddressSlot[] = [];

  /** Forgets all operations and names, and keeps the memory. */
  clear(): void {
    this.opCount = 0;
    this.payloadSize = 0;
    this.slotCount = Slot.FIRST;
    this.cacheCount = 0;
    this.regionCount = 0;
    if (this.cacheNames.length > 0) this.cacheNames.length = 0;
    if (this.slotNames.length > Slot.FIRST) this.slotNames.length = Slot.FIRST;
    if (this.addressSlots.length > 0) this.addressSlots.length = 0;
  }

  /** A new cache name; returns its number. */
  newName(name?: string): number {
    const index = this.cacheCount++;
    if (name !== undefined) this.cacheNames[index] = name;
    return index;
  }

  /** The name of that number: of generated programs c0, c1 ... */
  cacheName(index: number): string {
    return this.cacheNames[index] ?? `c${index}`;
  }

  /** A new slot; returns its number. */
  newSlot(name?: string): number {
    const slot = this.newSlots(1);
    if (name !== undefined) this.slotNames[slot] = name;
    return slot;
  }

  /** `count` new slots in a row; returns the number of the first. */
  newSlots(count: number): number {
    const first = this.slotCount;
    if (first + count > SLOT_MAX) throw new UserError(`a program has at most ${SLOT_MAX} slots`);
    this.slotCount = first + count;
    return first;
  }

  /** A new slot that holds an address from the start; returns its number. */
  newAddressSlot(name: string, high: number, low: number): number {
    const slot = this.newSlot(name);
    this.addressSlots.push({ slot, high: high >>> 0, low: low >>> 0 });
    return slot;
  }

  /** Any operation, by the fields of its record. */
  put({ code, aux, name, slot, slot2, offset, arg }: OpRecord): number {
    return this.#put(code | (aux << 8) | (name << 16), slot | (slot2 << 16), offset, arg);
  }

  /** kmem_cache_create. `letters`: its own, `bootLetters`: what the boot parameter adds. */
  cache(name: number, size: number, align: number, letters: number, bootLetters: number): number {
    assert(size > 0, "an object has one byte at least");
    const length = Math.min(this.cacheName(name).length, NAME_LENGTH_MAX);
    const word = Op.CACHE | (length << 8) | (name << 16);
    return this.#put(word, letters | (bootLetters << 16), size, align);
  }

  alloc(name: number, slot: number, zero = false): number {
    return this.#put(Op.ALLOC | (zero ? 256 : 0) | (name << 16), slot, 0, 0);
  }

  /** Allocations into `count` slots in a row. */
  allocN(name: number, firstSlot: number, count: number): number {
    return this.#putList(Op.ALLOC_N, name, this.#slotList(firstSlot, count), count);
  }

  free(name: number, slot: number, offset = 0, byOffset = false): number {
    return this.#put(Op.FREE | (Number(byOffset) << 8) | (name << 16), slot, offset, 0);
  }

  /** Frees of the slots that an allocN or bulkAlloc of as many filled, one by one. */
  freeN(name: number, firstSlot: number, count: number): number {
    return this.#putList(Op.FREE_N, name, this.#slotList(firstSlot, count), count);
  }

  bulkAlloc(name: number, firstSlot: number, count: number): number {
    return this.#putList(Op.BULK_ALLOC, name, this.#slotList(firstSlot, count), count);
  }

  /** kmem_cache_alloc_bulk into these slots. */
  bulkAllocSlots(name: number, slots: ArrayLike<number>): number {
    return this.#putList(Op.BULK_ALLOC, name, this.storeTargets(slots), slots.length);
  }

  /** kmem_cache_free_bulk of these targets. */
  bulkFree(name: number, slots: ArrayLike<number>, offsets?: ArrayLike<number>): number {
    return this.#putList(Op.BULK_FREE, name, this.storeTargets(slots, offsets), slots.length);
  }

  kmalloc(size: number, slot: number, zero = false): number {
    return this.#put(Op.KMALLOC | (zero ? 256 : 0), slot, 0, size);
  }

  kfree(slot: number, offset = 0): number {
    return this.#put(Op.KFREE, slot, offset, 0);
  }

  krealloc(slot: number, offset: number, size: number, newSlot: number): number {
    return this.#put(Op.KREALLOC, slot | (newSlot << 16), offset, size);
  }

  ksize(slot: number, offset = 0): number {
    return this.#put(Op.KSIZE, slot, offset, 0);
  }

  kvalidate(slot: number, offset = 0): number {
    return this.#put(Op.KVALIDATE, slot, offset, 0);
  }

  /** Writes `bytes`, at most 65535 of them. */
  write(slot: number, offset: number, bytes: ArrayLike<number>): number {
    const at = this.storeBytes(bytes);
    return this.#put(Op.WRITE, slot | (bytes.length << 16), offset, at);
  }

  fill(slot: number, offset: number, length: number, byte: number): number {
    assert(length >= 0, "a fill has no negative length");
    return this.#put(Op.FILL | ((byte & 0xff) << 8), slot, offset, length);
  }

  read(slot: number, offset: number, length: number): number {
    assert(length >= 0 && length <= READ_BYTES_MAX, "a read is no longer than a script can say");
    return this.#put(Op.READ, slot, offset, length);
  }

  xor(slot: number, offset: number, bytes: ArrayLike<number>): number {
    const at = this.storeBytes(bytes);
    return this.#put(Op.XOR, slot | (bytes.length << 16), offset, at);
  }

  /** Stores the pointer `valueSlot` + `valueOffset` as it is. */
  wptr(slot: number, offset: number, valueSlot: number, valueOffset = 0): number {
    return this.#put(Op.WPTR, slot | (valueSlot << 16), offset, valueOffset);
  }

  /** Stores the pointer `valueSlot` + `valueOffset` as an encoded free pointer. */
  wfp(name: number, slot: number, offset: number, valueSlot: number, valueOffset = 0): number {
    return this.#put(Op.WFP | (name << 16), slot | (valueSlot << 16), offset, valueOffset);
  }

  validate(name: number): number {
    return this.#put(Op.VALIDATE | (name << 16), 0, 0, 0);
  }

  shrink(name: number): number {
    return this.#put(Op.SHRINK | (name << 16), 0, 0, 0);
  }

  destroy(name: number): number {
    return this.#put(Op.DESTROY | (name << 16), 0, 0, 0);
  }

  ctorcalls(): number {
    return this.#put(Op.CTORCALLS, 0, 0, 0);
  }

  listInit(slot: number, offset = 0): number {
    return this.#put(Op.LIST_INIT, slot, offset, 0);
  }

  listAdd(slot: number, offset: number, headSlot: number, headOffset = 0): number {
    return this.#put(Op.LIST_ADD, slot | (headSlot << 16), offset, headOffset);
  }

  listDel(slot: number, offset = 0): number {
    return this.#put(Op.LIST_DEL, slot, offset, 0);
  }

  scrub(): number {
    return this.#put(Op.SCRUB, 0, 0, 0);
  }

  nextPfn(pfn: number): number {
    return this.#put(Op.NEXT_PFN, 0, 0, pfn);
  }

  cpu(cpu: number): number {
    return this.#put(Op.CPU, 0, 0, cpu);
  }

  /** kmem_cache_prefill_sheaf(); the slot remembers the sheaf. */
  sheafGet(name: number, count: number, sheafSlot: number): number {
    return this.#put(Op.SHEAF_GET | (name << 16), sheafSlot, 0, count);
  }

  sheafAlloc(name: number, sheafSlot: number, slot: number, zero = false): number {
    return this.#put(
      Op.SHEAF_ALLOC | (zero ? 256 : 0) | (name << 16),
      sheafSlot | (slot << 16),
      0,
      0,
    );
  }

  sheafRefill(name: number, sheafSlot: number, count: number): number {
    return this.#put(Op.SHEAF_REFILL | (name << 16), sheafSlot, 0, count);
  }

  sheafPut(name: number, sheafSlot: number): number {
    return this.#put(Op.SHEAF_PUT | (name << 16), sheafSlot, 0, 0);
  }

  freeRcu(slot: number): number {
    return this.#put(Op.FREE_RCU, slot, 0, 0);
  }

  /** rcu_barrier(), or kvfree_rcu_barrier(). */
  rcuBarrier(isKvfree: boolean): number {
    return this.#put(Op.RCU_BARRIER | (isKvfree ? 256 : 0), 0, 0, 0);
  }

  /** A CPU goes offline, and comes back. */
  cpuDownAndUp(cpu: number): number {
    this.#put(Op.CPU_DOWN, 0, 0, cpu);
    return this.#put(Op.CPU_DOWN | 256, 0, 0, cpu);
  }

  #put(word0: number, word1: number, word2: number, word3: number): number {
    if (this.opCount * WORDS_A_RECORD === this.words.length) this.#growRecords();
    const at = this.opCount * WORDS_A_RECORD;
    this.words[at] = word0;
    this.words[at + 1] = word1;
    this.words[at + 2] = word2;
    this.words[at + 3] = word3;
    return this.opCount++;
  }

  #putList(op: Op, name: number, at: number, count: number): number {
    return this.#put(op | (name << 16), count << 16, 0, at);
  }

  #slotList(firstSlot: number, count: number): number {
    const at = this.#reserveTargets(count);
    for (let i = 0; i < count; i++) this.#storeTarget(at + i * TARGET_SIZE, firstSlot + i, 0);
    return at;
  }

  storeTargets(slots: ArrayLike<number>, offsets?: ArrayLike<number>): number {
    const at = this.#reserveTargets(slots.length);
    for (let i = 0; i < slots.length; i++) {
      this.#storeTarget(at + i * TARGET_SIZE, slots[i], offsets === undefined ? 0 : offsets[i]);
    }
    return at;
  }

  #reserveTargets(count: number): number {
    assert(count <= WRITE_BYTES_MAX, "a list is no longer than a script can say");
    this.#align();
    return this.#reserve(count * TARGET_SIZE);
  }

  #storeTarget(at: number, slot: number, offset: number): void {
    this.#payloadWords[at >>> 2] = slot;
    this.#payloadWords[(at >>> 2) + 1] = offset;
  }

  storeBytes(bytes: ArrayLike<number>): number {
    const isSayable = bytes.length > 0 && bytes.length <= WRITE_BYTES_MAX;
    assert(isSayable, "a write has a byte, and no more than a script can say");
    const at = this.#reserve(bytes.length);
    const { payload } = this;
    for (let i = 0; i < bytes.length; i++) payload[at + i] = bytes[i];
    return at;
  }

  storeLong(high: number, low: number): number {
    this.#align();
    const at = this.#reserve(8);
    this.#payloadWords[at >>> 2] = low;
    this.#payloadWords[(at >>> 2) + 1] = high;
    return at;
  }

  /** Puts words into the payload; returns where they lie. */
  storeWords(words: readonly number[]): number {
    this.#align();
    const at = this.#reserve(4 * words.length);
    for (const [i, word] of words.entries()) this.#payloadWords[(at >>> 2) + i] = word;
    return at;
  }

  /** The gap is zeroed: equal programs are equal bytes, whatever this image held before. */
  #align(): void {
    if ((this.payloadSize & (TARGET_SIZE - 1)) === 0) return;
    const size = alignUp(this.payloadSize, TARGET_SIZE) - this.payloadSize;
    const at = this.#reserve(size);
    this.payload.fill(0, at, at + size);
  }

  #reserve(size: number): number {
    const at = this.payloadSize;
    if (at + size > this.payload.length) this.#growPayload(at + size);
    this.payloadSize = at + size;
    return at;
  }

  #growRecords(): void {
    if (this.opCount >= OP_MAX) {
      throw new UserError(`a program has at most ${OP_MAX} operations`);
    }
    const grown = new Uint32Array(Math.min(this.words.length * 2, OP_MAX * WORDS_A_RECORD));
    grown.set(this.words);
    this.words = grown;
  }

  #growPayload(size: number): void {
    if (size > PAYLOAD_MAX) {
      throw new UserError(`a program's data takes at most ${PAYLOAD_MAX} bytes`);
    }
    const wanted = Math.max(this.payload.length * 2, alignUp(size, TARGET_SIZE));
    const grown = new Uint8Array(Math.min(wanted, PAYLOAD_MAX));
    grown.set(this.payload);
    this.payload = grown;
    this.#payloadWords = new Uint32Array(grown.buffer);
  }
}
