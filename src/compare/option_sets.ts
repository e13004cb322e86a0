// Sets of debug options, as slub_debug spells them: each of F, Z, P and U may be on or off.
import { UserError } from "../base/user_error.ts";

/**
 * The sixteen sets of the debug options F (sanity checks), Z (red zones), P (poison) and U (tracks
 * of users), as slub_debug= spells them: `-` for none, then by size, the letters in the kernel's
 * order.
 */
export const OPTION_SETS = [
  "-",
  "F",
  "Z",
  "P",
  "U",
  "FZ",
  "FP",
  "FU",
  "ZP",
  "ZU",
  "PU",
  "FZP",
  "FZU",
  "FPU",
  "ZPU",
  "FZPU",
] as const;

/** Sets that differ in what they check; U by itself only remembers who, but moves every byte. */
export const TELLING_SETS = ["-", "F", "Z", "P", "FZ", "FP", "ZP", "FZP", "FZPU"] as const;

/** Sets with commas between; letters in any order and case, each set once. */
export function parseOptionSets(text: string): readonly string[] {
  if (text === "all") return OPTION_SETS;
  return [...new Set(text.split(",").map(optionSetOf))];
}

function optionSetOf(text: string): string {
  const word = text.trim().toUpperCase();
  const letters = [..."FZPU"].filter((letter) => word.includes(letter)).join("");
  if (word === "-" || (letters !== "" && letters.length === word.length)) return letters || "-";
  throw new UserError(`unknown option set ${JSON.stringify(text)} (letters of FZPU, - or all)`);
}
