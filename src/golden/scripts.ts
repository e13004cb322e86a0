// The golden scripts: programs that somebody wrote down, each with the machine it is for in its
// header. They go where generated programs do not: wanted page frames, lists, wild pointers.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseScript } from "../program/text.ts";
import { ScriptPlayer } from "./player.ts";

/** The folder lies two levels above src/golden and three above dist/src/golden. */
const FOLDERS = ["../../golden/", "../../../golden/"];
const ENDING = ".slab";

export function goldenScripts(): readonly ScriptPlayer[] {
  for (const up of FOLDERS) {
    const folder = fileURLToPath(new URL(up, import.meta.url));
    const names = listed(folder);
    if (names.length === 0) continue;
    return names.map((name) => {
      const program = parseScript(readFileSync(`${folder}${name}`, "utf8"), name);
      return new ScriptPlayer(name.slice(0, -ENDING.length), program);
    });
  }
  return [];
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(ENDING))
      .sort();
  } catch {
    return [];
  }
}
