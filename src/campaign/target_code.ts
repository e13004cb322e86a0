// What a worker thread is given to run: a core, or a foreign module with what is known of it.
import { loadModule } from "../wasm/load.ts";
import { moduleOf } from "./foreign_module.ts";
import type { CampaignOptions } from "./options.ts";
import type { CoreCode, ForeignCode } from "./protocol.ts";
import { parseTarget } from "./target.ts";

export function codeOf({ target, foreign }: CampaignOptions): CoreCode | ForeignCode {
  if (foreign !== undefined) return { kind: "foreign", ...moduleOf(foreign) };
  const { core } = parseTarget(target);
  return { kind: "core", core, module: loadModule(core) };
}
