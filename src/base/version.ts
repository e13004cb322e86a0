// Which slabfuzz this is. The number is written once, in package.json.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { assert } from "./assert.ts";

let known: string | undefined;

/**
 * The version in package.json, which lies two levels above src/base and three above dist/src/base.
 */
export function slabfuzzVersion(): string {
  known ??= readVersion();
  return known;
}

function readVersion(): string {
  const paths = ["../../", "../../../"].map((up) =>
    fileURLToPath(new URL(`${up}package.json`, import.meta.url)),
  );
  const path = paths.find(existsSync);
  assert(path !== undefined, "slabfuzz lies beside its package.json");
  return String(JSON.parse(readFileSync(path, "utf8")).version);
}
