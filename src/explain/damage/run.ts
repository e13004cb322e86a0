// Wrong bytes that follow one another, before it is known what they look like.
import type { ByteRole } from "../report.ts";

export interface Run {
  /** From the object; undefined where the log holds no position. */
  readonly offset: number | undefined;
  /** From the end of the last object of the slab, for bytes that are of no object. */
  readonly tailOffset?: number;
  readonly role: ByteRole;
  /** What each byte was; -1 if that is not known. */
  readonly was: number;
  /** What the bytes are; -1 for those that the log does not hold. */
  readonly bytes: readonly number[];
}
