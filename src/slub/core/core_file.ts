// The bytes of a core, for whoever changes them before they are compiled.
import { readFileSync } from "node:fs";
import { reasonOf } from "../../base/system_error.ts";
import { UserError } from "../../base/user_error.ts";
import { pathOfCore } from "./load.ts";
import { compileOtherBytes } from "./other_core.ts";

/** The bytes of a target's core: `slub`, or a .wasm file with the same exports. */
export function coreBytes(target: string): Uint8Array<ArrayBuffer> {
  if (target === "slub") return readModule(pathOfCore("release"));
  if (!target.endsWith(".wasm")) {
    throw new UserError(`${JSON.stringify(target)} is neither slub nor a .wasm file`);
  }
  const bytes = readModule(target);
  compileOtherBytes(bytes, target);
  return bytes;
}

function readModule(path: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (error) {
    throw new UserError(`${path}: ${reasonOf(error)}`);
  }
}
