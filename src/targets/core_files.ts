// Where the builds of the core lie on disk. Node reads them once this file is imported.
import { existsSync, readFileSync } from "node:fs";
import { packagePath } from "../base/package_file.ts";
import { reasonOf, UserError } from "../base/user_error.ts";
import type { CoreKind } from "../slub/core/load.ts";
import { CORE_FILES, isOwnBuild, nameOfCore, readCoresWith } from "../slub/core/load.ts";
import { compileOtherCore } from "../slub/core/other_core.ts";

/** Builds a core that a checkout lacks; a package brings all of them along. */
type CoreBuilder = (part: string) => void;

let buildMissing: CoreBuilder = () => {};

/** Says how a core is built that few commands need. */
export function buildMissingCoresWith(builder: CoreBuilder): void {
  buildMissing = builder;
}

/** The file of a core; refuses one of our own that has not been built. */
export function pathOfCore(kind: CoreKind): string {
  if (!isOwnBuild(kind)) return nameOfCore(kind);
  const name = `build/${CORE_FILES[kind]}`;
  const path = packagePath(name);
  if (!existsSync(path) && (kind === "canary" || kind === "mutable")) buildMissing(kind);
  if (existsSync(path)) return path;
  throw new UserError(`${name} is not there: run npm run build`);
}

/** The bytes of a target's core: `slub`, or a .wasm file with the same exports. */
export function coreBytes(target: string): Uint8Array<ArrayBuffer> {
  if (target === "slub") return readModule(pathOfCore("release"));
  if (!target.endsWith(".wasm")) {
    throw new UserError(`${JSON.stringify(target)} is neither slub nor a .wasm file`);
  }
  const bytes = readModule(target);
  compileOtherCore(bytes, target);
  return bytes;
}

function readModule(path: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (error) {
    throw new UserError(`${path}: ${reasonOf(error)}`);
  }
}

readCoresWith((kind) => readModule(pathOfCore(kind)));
