// What the commands that compare option sets have in common on the command line.
import { UserError } from "../base/user_error.ts";
import { writeWholeFile } from "../base/whole_file.ts";
import type { Paint } from "../compare/matrix/matrix_text.ts";
import type { ProfileName } from "../slub/program/op.ts";
import { isProfileName, isVariantName, VARIANTS } from "../slub/program/variant.ts";
import { colours, note } from "./terminal.ts";

/** The kernels that run programs. */
export const RUNNABLE: readonly ProfileName[] = ["v3.10", "v6.1", "v6.12"];

/** Kernels by name with commas between; without a word, those that the variant exists of. */
export function profilesOf(
  text: string | undefined,
  boot: string | undefined,
  usual = RUNNABLE,
): readonly ProfileName[] {
  if (text !== undefined) return [...new Set(text.split(",").map(profileOf))];
  const [variant] = (boot ?? "").trim().split(/[ \t]/);
  if (!isVariantName(variant)) return usual;
  const { isOld } = VARIANTS[variant];
  const fitting = usual.filter((profile) => (profile === "v3.10") === isOld);
  return fitting.length > 0 ? fitting : RUNNABLE.filter((one) => (one === "v3.10") === isOld);
}

function profileOf(word: string): ProfileName {
  const name = word.trim();
  if (isProfileName(name) && RUNNABLE.includes(name)) return name;
  throw new UserError(`unknown profile ${JSON.stringify(name)} (there are: ${RUNNABLE.join(" ")})`);
}

/** Writes a page and says so. */
export function writePage(path: string, page: string): void {
  const bytes = writeWholeFile(path, page);
  note(`${path}: written, ${Math.ceil(bytes / 1024)} KiB`);
}

/** Verdicts in colour, on a terminal. */
export function verdictPaint(): Paint {
  const { green, yellow, red, dim } = colours();
  const paints: Readonly<Record<string, (text: string) => string>> = {
    detected: green,
    late: yellow,
    masked: yellow,
    misattributed: yellow,
    escaped: red,
    oops: red,
    invariant: red,
    blind: dim,
  };
  return (verdict, text) => paints[verdict]?.(text) ?? text;
}
