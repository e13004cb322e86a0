// What a program wrote into its objects: for each object a chain of links, from the newest write to
// the oldest, so that a byte that is read back can be compared with what ought to be there.
import { Op } from "../../abi.ts";
import type { ProgramImage } from "../program/image.ts";
import { argOf, auxOf, opOf } from "../program/record.ts";
import { grown, NONE } from "./slabs.ts";

const START_WRITES = 512;

/** What a link stands for. */
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

/** It is unknown what a byte holds. */
export const UNKNOWN_BYTE = -1;

/** Words of a row, one row a link: what belongs together lies together. */
const Column = {
  OP: 0,
  SOURCE: 1,
  /** First byte and one past the last, from the object. */
  FIRST: 2,
  END: 3,
  /** Where in the operation's own bytes the link begins, or which object was copied. */
  DETAIL: 4,
  OLDER: 5,
} as const;

const ROW = 8;
const { OP, SOURCE, FIRST, END, DETAIL, OLDER } = Column;

export class WriteTable {
  /** By object: its newest link, NONE where no write happened yet. */
  #newest = new Int32Array(START_WRITES).fill(NONE);
  #count = 0;
  #rows = new Int32Array(START_WRITES * ROW);

  /** Forgets all writes into so many objects. */
  clear(objectCount: number): void {
    this.#newest.fill(NONE, 0, objectCount);
    this.#count = 0;
  }

  /** Makes room for so many objects. */
  reserve(objectCount: number): void {
    const before = this.#newest.length;
    if (objectCount > before) this.#newest = grown(this.#newest, objectCount).fill(NONE, before);
  }

  /** Adds a link: bytes `first` to `end` - 1 of the object come from there now. */
  add(
    object: number,
    op: number,
    source: number,
    first: number,
    end: number,
    detail: number,
  ): void {
    const link = this.#count++;
    const at = link * ROW;
    if (at === this.#rows.length) this.#rows = grown(this.#rows, at * 2);
    const rows = this.#rows;
    rows[at + OP] = op;
    rows[at + SOURCE] = source;
    rows[at + FIRST] = first;
    rows[at + END] = end;
    rows[at + DETAIL] = detail;
    rows[at + OLDER] = this.#newest[object];
    this.#newest[object] = link;
  }

  /** The byte at `offset` as the program left it, or UNKNOWN_BYTE. */
  byteAt(image: ProgramImage, object: number, offset: number): number {
    let link = this.#linkAt(object, offset);
    let where = offset;
    while (link !== NONE && this.#column(link, SOURCE) === Source.COPY) {
      where -= this.#column(link, FIRST);
      link = this.#linkAt(this.#column(link, DETAIL), where);
    }
    return link === NONE ? UNKNOWN_BYTE : this.#byteOfLink(image, link, where);
  }

  /**
   * Whether bytes `first` to `end` - 1 of the object are those found at `at`. Looks only at the
   * newest write to any of them, and only if that wrote all of them: false says nothing.
   */
  agree(
    image: ProgramImage,
    object: number,
    first: number,
    end: number,
    bytes: Uint8Array,
    at: number,
  ): boolean {
    const row = this.#rowOver(object, first, end);
    const rows = this.#rows;
    if (row === NONE || first < rows[row + FIRST] || end > rows[row + END]) return false;
    if (rows[row + SOURCE] === Source.ZERO) return isFilled(bytes, at, end - first, 0);
    if (rows[row + SOURCE] !== Source.OPERATION) return false;
    const op = rows[row + OP];
    const kind = opOf(image.words, op);
    if (kind === Op.FILL) return isFilled(bytes, at, end - first, auxOf(image.words, op));
    if (kind !== Op.WRITE) return false;
    const from = argOf(image.words, op) + first - rows[row + DETAIL];
    for (let i = 0; i < end - first; i++) {
      if (bytes[at + i] !== image.payload[from + i]) return false;
    }
    return true;
  }

  /** What the newest link over a byte stands for; NONE where no write happened. */
  sourceAt(object: number, offset: number): number {
    const link = this.#linkAt(object, offset);
    return link === NONE ? NONE : this.#column(link, SOURCE);
  }

  /** The operation that wrote a byte last; NONE where the program never did. */
  writerAt(object: number, offset: number): number {
    const link = this.#linkAt(object, offset);
    return link === NONE ? NONE : this.#column(link, OP);
  }

  #column(link: number, column: number): number {
    return this.#rows[link * ROW + column];
  }

  #linkAt(object: number, offset: number): number {
    const row = this.#rowOver(object, offset, offset + 1);
    return row === NONE ? NONE : row / ROW;
  }

  /** The row of the newest link over any byte of a range, or NONE. */
  #rowOver(object: number, first: number, end: number): number {
    const rows = this.#rows;
    for (let link = this.#newest[object]; link !== NONE; link = rows[link * ROW + OLDER]) {
      const row = link * ROW;
      if (first < rows[row + END] && end > rows[row + FIRST]) return row;
    }
    return NONE;
  }

  #byteOfLink(image: ProgramImage, link: number, offset: number): number {
    switch (this.#column(link, SOURCE)) {
      case Source.ZERO:
        return 0;
      case Source.CONSTRUCTED:
        return this.#column(link, DETAIL);
      case Source.OPERATION:
        return byteOfOperation(image, this.#column(link, OP), offset - this.#column(link, DETAIL));
      default:
        return UNKNOWN_BYTE;
    }
  }
}

function isFilled(bytes: Uint8Array, first: number, count: number, byte: number): boolean {
  for (let i = first; i < first + count; i++) if (bytes[i] !== byte) return false;
  return true;
}

/** Byte `index` of what a `write` or `fill` stores. */
function byteOfOperation(image: ProgramImage, op: number, index: number): number {
  const kind = opOf(image.words, op);
  if (kind === Op.FILL) return auxOf(image.words, op);
  if (kind !== Op.WRITE) return UNKNOWN_BYTE;
  return image.payload[argOf(image.words, op) + index];
}
