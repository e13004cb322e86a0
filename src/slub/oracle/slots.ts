// What the slots of a program hold: a pointer into an object that it obtained, or any other
// address.
import { Slot } from "../../abi.ts";
import type { ProgramImage } from "../program/image.ts";
import type { OracleMachine } from "./machine.ts";
import { grown, NONE } from "./slabs.ts";

const START_SLOTS = 1024;

/** Words of a row, one row a slot. */
const OBJECT = 0;
const OFFSET = 1;
const ROW = 2;

export class SlotTable {
  #rows = new Int32Array(START_SLOTS * ROW);
  /** An address in no object, as two words. */
  #high = new Int32Array(START_SLOTS);
  #low = new Int32Array(START_SLOTS);

  /** What slots hold before a program has run. */
  begin(image: ProgramImage, machine: OracleMachine): void {
    if (image.slotCount > this.#high.length) this.#grow(image.slotCount);
    for (let slot = 0; slot < image.slotCount; slot++) this.hold(slot, 0, 0);
    this.hold(Slot.GLOB, machine.globHigh, machine.globLow);
    this.hold(Slot.VGLOB, machine.vglobHigh, machine.vglobLow);
    for (const { slot, high, low } of image.addressSlots) this.hold(slot, high, low);
  }

  /** The slot points into an object, so many bytes from its beginning. */
  point(slot: number, object: number, offset: number): void {
    this.#rows[slot * ROW + OBJECT] = object;
    this.#rows[slot * ROW + OFFSET] = offset;
  }

  /** The slot holds an address that lies in no object. */
  hold(slot: number, high: number, low: number): void {
    this.point(slot, NONE, 0);
    this.#high[slot] = high;
    this.#low[slot] = low;
  }

  /** The object that a slot points into, NONE for any other address. */
  object(slot: number): number {
    return this.#rows[slot * ROW + OBJECT];
  }

  /** Distance from the object. */
  offset(slot: number): number {
    return this.#rows[slot * ROW + OFFSET];
  }

  /** The address that it holds, if that lies in no object. */
  high(slot: number): number {
    return this.#high[slot];
  }

  low(slot: number): number {
    return this.#low[slot];
  }

  #grow(count: number): void {
    const size = Math.max(count, 2 * this.#high.length);
    this.#rows = grown(this.#rows, size * ROW);
    this.#high = grown(this.#high, size);
    this.#low = grown(this.#low, size);
  }
}
