// The golden scripts: programs that somebody wrote down, each with the machine it is for in its
// header. They go where generated programs do not: wanted page frames, lists, wild pointers.
import { readdirSync, readFileSync } from "node:fs";
import { packagePath } from "../../base/package_file.ts";
import { parseScript } from "../../slub/program/text.ts";
import { ScriptPlayer } from "./player.ts";

const ENDING = ".slab";

export function goldenScripts(): readonly ScriptPlayer[] {
  const folder = packagePath("golden/");
  return listed(folder).map((name) => {
    const program = parseScript(readFileSync(`${folder}${name}`, "utf8"), name);
    return new ScriptPlayer(name.slice(0, -ENDING.length), program);
  });
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
