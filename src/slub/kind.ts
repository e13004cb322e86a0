// SLUB as a kind of target: the door through which src/targets/ enters this room.
import { UserError } from "../base/user_error.ts";
import type { TargetFile } from "../target/target.ts";
import { adoptCore } from "./core/load.ts";
import { parseCore } from "./named_core.ts";
import { type SlubRequest, slubOptions } from "./options.ts";
import { SlubTarget } from "./slub_target.ts";
import { parseToken } from "./token.ts";

export { parseCore } from "./named_core.ts";
export { type SlubCode, SlubTarget } from "./slub_target.ts";

export function slubTarget(request: SlubRequest): SlubTarget {
  return new SlubTarget(slubOptions(request));
}

export function slubTargetOfToken(word: string): SlubTarget {
  return new SlubTarget(parseToken(word).options);
}

/** Takes over the core that a token names, from a machine that has it; gives its name. */
export function adoptCoreFile(word: string, [{ bytes }]: readonly TargetFile[]): string {
  const { name, core } = parseCore(parseToken(word).options.target);
  if (core === "release") throw new UserError(`${name}: is no core that travels`);
  adoptCore(core, bytes);
  return name;
}
