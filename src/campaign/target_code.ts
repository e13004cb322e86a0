// What a worker thread is given to run: a core, or a foreign module with what is known of it.
import { moduleOf } from "../module/foreign_module.ts";
import { loadModule } from "../slub/core/load.ts";
import { parseTarget } from "../slub/named_core.ts";
import type { CampaignOptions } from "./options.ts";
import type { CoreCode, ForeignCode } from "./protocol.ts";

export function codeOf({ target, foreign }: CampaignOptions): CoreCode | ForeignCode {
  if (foreign !== undefined) return { kind: "foreign", ...moduleOf(foreign) };
  const { core } = parseTarget(target);
  return { kind: "core", core, module: loadModule(core) };
}
