// s->flags as a kernel prints them: the bits behind the letters have other numbers in 6.12.
import { DEBUG_LETTERS, Letter } from "../../abi.ts";
import type { ProfileName } from "../program/op.ts";

interface FlagBits {
  readonly letters: readonly (readonly [number, number])[];
  readonly objectPoison: number;
  readonly cmpxchgDouble: number;
  /** Letters that rule out the lockless double-word exchange. */
  readonly noCmpxchg: number;
}

/** Since 4.x the exchange is given up for these only; 3.10 gives it up for any debugging. */
const NEEDS_LOCK = Letter.F | Letter.U | Letter.T;

const BITS_310: FlagBits = {
  letters: [
    [Letter.F, 0x100],
    [Letter.Z, 0x400],
    [Letter.P, 0x800],
    [Letter.H, 0x2000],
    [Letter.D, 0x4000],
    [Letter.U, 0x10000],
    [Letter.K, 0x20000],
    [Letter.R, 0x80000],
    [Letter.T, 0x200000],
    [Letter.NOLEAKTRACE, 0x800000],
  ],
  objectPoison: 0x80000000,
  cmpxchgDouble: 0x40000000,
  noCmpxchg: DEBUG_LETTERS,
};

const BITS_61: FlagBits = {
  ...BITS_310,
  letters: [
    ...BITS_310.letters.filter(([letter]) => letter !== Letter.D),
    [Letter.D, 0x8000],
    [Letter.KMALLOC, 0x1000],
  ],
  noCmpxchg: NEEDS_LOCK,
};

const BITS_612: FlagBits = {
  letters: [
    [Letter.F, 0x1],
    [Letter.Z, 0x2],
    [Letter.P, 0x4],
    [Letter.KMALLOC, 0x8],
    [Letter.H, 0x10],
    [Letter.D, 0x40],
    [Letter.U, 0x80],
    [Letter.R, 0x200],
    [Letter.T, 0x400],
    [Letter.NOLEAKTRACE, 0x800],
    [Letter.K, 0x4000],
  ],
  objectPoison: 0x8000,
  cmpxchgDouble: 0x10000,
  noCmpxchg: NEEDS_LOCK,
};

const BITS: Readonly<Record<ProfileName, FlagBits>> = {
  "v3.10": BITS_310,
  "v6.1": BITS_61,
  "v6.12": BITS_612,
  // Bits are numbered by configuration since 6.9; those of 7.0 were not seen.
  "v7.0": BITS_612,
};

/** The number that the kernel of a profile holds in s->flags. */
export function kernelFlags(profile: ProfileName, letters: number, objectPoison: boolean): number {
  const bits = BITS[profile];
  let flags = objectPoison ? bits.objectPoison : 0;
  if ((letters & bits.noCmpxchg) === 0) flags |= bits.cmpxchgDouble;
  for (const [letter, bit] of bits.letters) {
    if (letters & letter) flags |= bit;
  }
  return flags >>> 0;
}
