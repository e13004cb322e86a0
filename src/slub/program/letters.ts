// Cache flags as letters (the script language) and as bits (the core).
import { Letter } from "../../abi.ts";

/** The letters of `cache NAME SIZE ALIGN FLAGS`, in the order in which they are printed. */
const CACHE_LETTERS: readonly (readonly [string, number])[] = [
  ["R", Letter.R],
  ["K", Letter.K],
  ["H", Letter.H],
  ["A", Letter.A],
  ["D", Letter.D],
  ["F", Letter.F],
  ["Z", Letter.Z],
  ["P", Letter.P],
  ["U", Letter.U],
  ["T", Letter.T],
  ["N", Letter.N],
  ["O", Letter.O],
];

/** The letter that allows merging; without it a cache is created with SLAB_NOLEAKTRACE. */
const MAY_MERGE = "M";

/** The flags in canonical order; undefined if a letter is unknown. */
export function canonicalFlags(text: string): string | undefined {
  if (text === "-") return text;
  if (text === "" || !/^[FZPUTHRKADNOM]*$/.test(text)) return undefined;
  return flagsOfLetters(lettersOfFlags(text));
}

/** Letter bits of canonical flags. */
export function lettersOfFlags(flags: string, ctor = false): number {
  let letters = flags.includes(MAY_MERGE) ? 0 : Letter.NOLEAKTRACE;
  for (const [letter, bit] of CACHE_LETTERS) {
    if (flags.includes(letter)) letters |= bit;
  }
  return ctor ? letters | Letter.CTOR : letters;
}

/** Canonical flags of letter bits. */
export function flagsOfLetters(letters: number): string {
  let flags = "";
  for (const [letter, bit] of CACHE_LETTERS) {
    if (letters & bit) flags += letter;
  }
  if (!(letters & Letter.NOLEAKTRACE)) flags += MAY_MERGE;
  return flags === "" ? "-" : flags;
}
