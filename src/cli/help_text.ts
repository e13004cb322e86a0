// What help says below the options of a command: texts of their own, in docs/help/.
import { packagePath } from "../base/package_file.ts";
import { readTextFile } from "../base/whole_file.ts";

/** The text that belongs to a command, with a value in place of each {name}. */
export function helpText(command: string, values: Readonly<Record<string, string>> = {}): string {
  const text = readTextFile(packagePath(`docs/help/${command}.txt`));
  return `\n${text.replace(/\{([a-z-]+)\}/g, (place, name) => values[name] ?? place)}`;
}
