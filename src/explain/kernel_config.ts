// The configuration of the kernel of a log, as its .config says it.
import { UserError } from "../base/user_error.ts";
import { switchableOptions } from "../slub/program/boot.ts";
import type { ProfileName } from "../slub/program/op.ts";

/** CONFIG_ names without that word, and whether each is set. */
export type KernelConfig = ReadonlyMap<string, boolean>;

const LINE = /^(?:CONFIG_(\w{1,80})=(\S{1,200})|# CONFIG_(\w{1,80}) is not set)\s*$/;

/** Reads a .config; refuses a file without a line of one. `name` is the file's, for messages. */
export function parseKernelConfig(text: string, name: string): KernelConfig {
  const config = new Map<string, boolean>();
  for (const line of text.split("\n")) {
    const [, set, value, unset] = LINE.exec(line) ?? [];
    if (set !== undefined) config.set(set, value !== "n");
    if (unset !== undefined) config.set(unset, false);
  }
  if (config.size === 0) throw new UserError(`${name}: has no line CONFIG_...=y of a kernel`);
  if (config.get("SLAB") === true || config.get("SLOB") === true) {
    throw new UserError(`${name}: is of a kernel with another allocator than SLUB`);
  }
  return config;
}

/** What of a configuration a script of that kernel can switch, as its `# config:` line says it. */
export function switchesOf(config: KernelConfig, profile: ProfileName): string {
  return switchableOptions(profile)
    .flatMap((name) => {
      const isSet = config.get(name);
      return isSet === undefined ? [] : [`${isSet ? "+" : "-"}${name}`];
    })
    .join(" ");
}

/** Options that speak for a cause or against it, by the names that the rules know. */
export function toolsOf(config: KernelConfig): string[] {
  return ["KASAN", "KFENCE", "VMAP_STACK"].filter((name) => config.get(name) === true);
}
