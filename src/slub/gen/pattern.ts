// Bytes to write: what real overflows carry, and what looks like the allocator's own marks.
import {
  POISON_END,
  POISON_FREE,
  POISON_INUSE,
  SLUB_RED_ACTIVE,
  SLUB_RED_INACTIVE,
} from "../../abi.ts";
import type { Prng } from "../../base/prng.ts";

export const PATTERN_MAX = 64;

/** One array for each length, so that drawing bytes allocates nothing. */
const SCRATCH = Array.from({ length: PATTERN_MAX + 1 }, (_, length) => new Uint8Array(length));

const MARKS = [POISON_INUSE, POISON_FREE, POISON_END, SLUB_RED_ACTIVE, SLUB_RED_INACTIVE];
/** Each kind of pattern as often as it is to come up. */
const KINDS = Uint8Array.of(0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5);

/** `length` bytes; valid until bytes of that length are drawn again. */
export function drawBytes(prng: Prng, length: number): Uint8Array {
  const bytes = SCRATCH[length];
  switch (KINDS[prng.below(KINDS.length)]) {
    case 0:
      for (let i = 0; i < length; i++) bytes[i] = prng.next();
      return bytes;
    case 1:
      return bytes.fill(0x41);
    case 2:
      return bytes.fill(0);
    case 3:
      return bytes.fill(0xff);
    case 4:
      return bytes.fill(prng.pick(MARKS));
    default:
      return fillText(prng, bytes);
  }
}

function fillText(prng: Prng, bytes: Uint8Array): Uint8Array {
  for (let i = 0; i < bytes.length; i++) bytes[i] = prng.between(0x20, 0x7e);
  bytes[bytes.length - 1] = 0;
  return bytes;
}

/** One byte. */
export function oneByte(value: number): Uint8Array {
  SCRATCH[1][0] = value;
  return SCRATCH[1];
}
