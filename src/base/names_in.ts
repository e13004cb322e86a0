// Lists of names as options spell them.
import { UserError } from "./user_error.ts";

/** The names in a text with commas between them; refuses one that is not known. */
export function namesIn<T extends string>(
  text: string,
  isName: (word: string) => word is T,
  kind: string,
  known: readonly string[],
): readonly T[] {
  return text.split(",").map((word) => {
    const name = word.trim();
    if (isName(name)) return name;
    throw new UserError(`unknown ${kind} ${JSON.stringify(name)} (there are: ${known.join(" ")})`);
  });
}
