// The targets that a config names, and the one that it asks for.
import { UserError } from "../../base/user_error.ts";
import type { ForeignChoice } from "../../module/load/load.ts";
import { checkedMapping, MAPPING_FIELDS, mappingText } from "../../module/load/mapping.ts";
import { requireTarget } from "../../targets/targets.ts";
import { Mismatch, record } from "./reader.ts";
import type { Settings } from "./settings.ts";

/** The target is there, or it is one of those that the config names. */
export async function checkTarget(settings: Settings, file: string): Promise<void> {
  const { target, exports, targets: named = {} } = settings;
  if (target === undefined || Object.hasOwn(named, target)) return;
  try {
    await requireTarget(target, exports);
  } catch (error) {
    if (error instanceof UserError) throw new UserError(`${file}: target: ${error.message}`);
    throw error;
  }
}

export function targets(value: unknown): NonNullable<Settings["targets"]> {
  const named = Object.entries(record(value));
  return Object.fromEntries(named.map(([name, one]) => [name, namedTarget(name, one)]));
}

function namedTarget(name: string, value: unknown): ForeignChoice {
  const { file, ...mapping } = record(value);
  const unknown = Object.keys(mapping).find((one) => !(MAPPING_FIELDS as string[]).includes(one));
  if (unknown !== undefined) {
    const known = ["file", ...MAPPING_FIELDS].join(" ");
    throw new Mismatch(`(${name}) has an unknown field ${unknown} (there are: ${known})`);
  }
  if (typeof file !== "string") throw new Mismatch(`(${name}) has to have a file`);
  return { target: file, exports: mappingText(checkedMapping(mapping)) };
}
