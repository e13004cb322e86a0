// Which slabfuzz this is. The number is written once, in package.json.
import { readFileSync } from "node:fs";
import { packagePath } from "./package_file.ts";

let known: string | undefined;

/** The version in package.json. */
export function slabfuzzVersion(): string {
  known ??= String(JSON.parse(readFileSync(packagePath("package.json"), "utf8")).version);
  return known;
}
