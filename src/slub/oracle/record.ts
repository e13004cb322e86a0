// One run of one program as plain data: the program, and views of where its results and events lie.
// Whoever runs the program fills it in; the oracle only reads.
import type { ProgramImage } from "../program/image.ts";

/** The bytes around an access, before and after the operation that made it. */
export interface Evidence {
  readonly op: number;
  /** RAM offset of the first byte. */
  readonly at: number;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

export class RunRecord {
  image: ProgramImage;
  /** Memory that holds the results, the extra bytes and the events. */
  u8: Uint8Array = new Uint8Array(0);
  /** The same as signed words, which V8 keeps unboxed wherever they go. */
  i32: Int32Array = new Int32Array(0);
  /** Index in `i32` of the first result; 4 words each: status, aux, value low, value high. */
  resultAt = 0;
  /** Index in `u8` of the extra bytes. */
  extraAt = 0;
  /** Index in `u8` of the first event, and the bytes of all of them. */
  eventAt = 0;
  eventBytes = 0;

  constructor(image: ProgramImage) {
    this.image = image;
  }
}
