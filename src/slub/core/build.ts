// Which build of the core this is: a short digest of its file.
import { readFileSync } from "node:fs";
import { Digest } from "../../base/hash.ts";
import { hex32 } from "../../base/hex.ts";
import { slabfuzzVersion } from "../../base/version.ts";
import { type CoreKind, pathOfCore } from "./load.ts";

const known = new Map<CoreKind, string>();

/** Eight digits that change with the core's bytes and with slabfuzz's version. */
export function buildOfCore(kind: CoreKind): string {
  const before = known.get(kind);
  if (before !== undefined) return before;
  const digest = new Digest().text(slabfuzzVersion()).bytes(readFileSync(pathOfCore(kind)));
  const build = hex32(digest.low);
  known.set(kind, build);
  return build;
}
