// Every object that a program obtained, in the order in which it did: the number of an object is
// its name in all findings. And what the program wrote into each, as a chain of writes from the
// newest to the oldest, so that a byte that is read back can be compared with what ought to be
// there.
import { Op, OpField } from "../abi.ts";
import type { ProgramImage } from "../program/image.ts";
import { grown, NONE } from "./slabs.ts";

const START_OBJECTS = 256;
const START_WRITES = 512;

/** What a link of a chain of writes stands for. */
export const Source = {
  /** The bytes that an operation wrote. */
  OPERATION: 0,
  /** Zeroes, from the allocation itself. */
  ZERO: 1,
  /** What another object held (krealloc). */
  COPY: 2,
  /** Something that the oracle does not follow. */
  UNKNOWN: 3,
  /** The byte that a constructor leaves. */
  CONSTRUCTED: 4,
} as const;

/** Nobody knows what a byte holds. */
export const UNKNOWN_BYTE = -1;

export class ObjectTable {
  count = 0;
  /** Address as two words. */
  high = new Uint32Array(START_OBJECTS);
  low = new Uint32Array(START_OBJECTS);
  /** From the start of RAM; NONE for an address elsewhere. */
  at = new Int32Array(START_OBJECTS);
  /** kmem_cache index; NONE for whole pages. */
  cache = new Int32Array(START_OBJECTS);
  /** Its cell; NONE where it fits no slab. */
  cell = new Int32Array(START_OBJECTS);
  slab = new Int32Array(START_OBJECTS);
  /** Pages that hold it, if it is no slab object. */
  pages = new Int32Array(START_OBJECTS);
  /** Bytes that the program asked for. */
  asked = new Int32Array(START_OBJECTS);
  /** The most that it asked for while it lived: krealloc can make it smaller. */
  askedMost = new Int32Array(START_OBJECTS);
  /** ksize told its owner how much there is: from then on all of it is the owner's. */
  isMeasured = new Uint8Array(START_OBJECTS);
  /** Operation that obtained it. */
  bornAt = new Int32Array(START_OBJECTS);
  /** Operation that gave it back; NONE while it lives. */
  diedAt = new Int32Array(START_OBJECTS);
  /** Newest link of its chain of writes. */
  #lastWrite = new Int32Array(START_OBJECTS);
  #writeCount = 0;
  #writeOp = new Int32Array(START_WRITES);
  #writeSource = new Int32Array(START_WRITES);
  /** First byte and one past the last, from the object. */
  #writeFirst = new Int32Array(START_WRITES);
  #writeEnd = new Int32Array(START_WRITES);
  /** Where in the operation's own bytes the link begins, or which object was copied. */
  #writeDetail = new Int32Array(START_WRITES);
  #writeOlder = new Int32Array(START_WRITES);

  clear(): void {
    this.count = 0;
    this.#writeCount = 0;
  }

  /** A new object; its address is the word at `pointerAt` and the one behind it. */
  add(
    words: Uint32Array,
    pointerAt: number,
    at: number,
    cache: number,
    asked: number,
    op: number,
  ): number {
    if (this.count === this.high.length) this.#growObjects();
    const id = this.count++;
    this.low[id] = words[pointerAt];
    this.high[id] = words[pointerAt + 1];
    this.at[id] = at;
    this.cache[id] = cache;
    this.asked[id] = asked;
    this.askedMost[id] = asked;
    this.isMeasured[id] = 0;
    this.bornAt[id] = op;
    this.pages[id] = 0;
    this.cell[id] = NONE;
    this.slab[id] = NONE;
    this.diedAt[id] = NONE;
    this.#lastWrite[id] = NONE;
    return id;
  }

  /** The object stays where it is, and its owner has another number of bytes. */
  resize(id: number, asked: number): void {
    this.asked[id] = asked;
    this.askedMost[id] = Math.max(this.askedMost[id], asked);
  }

  /** The object that lived in a cell last, NONE if none ever did. */
  lastIn(cell: number): number {
    let id = this.count - 1;
    while (id >= 0 && this.cell[id] !== cell) id--;
    return id;
  }

  isLive(id: number): boolean {
    return this.diedAt[id] === NONE;
  }

  /** Adds a link: bytes `first` to `end` - 1 of the object come from there now. */
  wrote(id: number, op: number, source: number, first: number, end: number, detail: number): void {
    if (this.#writeCount === this.#writeOp.length) this.#growWrites();
    const link = this.#writeCount++;
    this.#writeOp[link] = op;
    this.#writeSource[link] = source;
    this.#writeFirst[link] = first;
    this.#writeEnd[link] = end;
    this.#writeDetail[link] = detail;
    this.#writeOlder[link] = this.#lastWrite[id];
    this.#lastWrite[id] = link;
  }

  /** The byte at `offset` as the program left it, or UNKNOWN_BYTE. */
  byteAt(image: ProgramImage, id: number, offset: number): number {
    let link = this.#linkAt(id, offset);
    let where = offset;
    while (link !== NONE && this.#writeSource[link] === Source.COPY) {
      where -= this.#writeFirst[link];
      link = this.#linkAt(this.#writeDetail[link], where);
    }
    return link === NONE ? UNKNOWN_BYTE : this.#byteOfLink(image, link, where);
  }

  /** What the newest link over a byte stands for; NONE where nobody wrote. */
  sourceAt(id: number, offset: number): number {
    const link = this.#linkAt(id, offset);
    return link === NONE ? NONE : this.#writeSource[link];
  }

  /** The operation that wrote a byte last; NONE where the program never did. */
  writerAt(id: number, offset: number): number {
    const link = this.#linkAt(id, offset);
    return link === NONE ? NONE : this.#writeOp[link];
  }

  #linkAt(id: number, offset: number): number {
    let link = this.#lastWrite[id];
    while (link !== NONE) {
      if (offset >= this.#writeFirst[link] && offset < this.#writeEnd[link]) return link;
      link = this.#writeOlder[link];
    }
    return NONE;
  }

  #byteOfLink(image: ProgramImage, link: number, offset: number): number {
    switch (this.#writeSource[link]) {
      case Source.ZERO:
        return 0;
      case Source.CONSTRUCTED:
        return this.#writeDetail[link];
      case Source.OPERATION:
        return byteOfOperation(image, this.#writeOp[link], offset - this.#writeDetail[link]);
      default:
        return UNKNOWN_BYTE;
    }
  }

  #growObjects(): void {
    const size = this.high.length * 2;
    this.high = new Uint32Array(grown(new Int32Array(this.high.buffer), size).buffer);
    this.low = new Uint32Array(grown(new Int32Array(this.low.buffer), size).buffer);
    this.at = grown(this.at, size);
    this.cache = grown(this.cache, size);
    this.cell = grown(this.cell, size);
    this.slab = grown(this.slab, size);
    this.asked = grown(this.asked, size);
    this.askedMost = grown(this.askedMost, size);
    const measured = new Uint8Array(size);
    measured.set(this.isMeasured);
    this.isMeasured = measured;
    this.pages = grown(this.pages, size);
    this.bornAt = grown(this.bornAt, size);
    this.diedAt = grown(this.diedAt, size);
    this.#lastWrite = grown(this.#lastWrite, size);
  }

  #growWrites(): void {
    const size = this.#writeOp.length * 2;
    this.#writeOp = grown(this.#writeOp, size);
    this.#writeSource = grown(this.#writeSource, size);
    this.#writeFirst = grown(this.#writeFirst, size);
    this.#writeEnd = grown(this.#writeEnd, size);
    this.#writeDetail = grown(this.#writeDetail, size);
    this.#writeOlder = grown(this.#writeOlder, size);
  }
}

/** Byte `index` of what a `write` or `fill` stores. */
function byteOfOperation(image: ProgramImage, op: number, index: number): number {
  const record = op * 4;
  const word = image.words[record];
  if ((word & 0xff) === Op.FILL) return (word >>> 8) & 0xff;
  if ((word & 0xff) !== Op.WRITE) return UNKNOWN_BYTE;
  return image.payload[image.words[record + OpField.ARG / 4] + index];
}
