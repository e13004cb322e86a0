// What a config file may hold: the fields of the table of options, and where an editor finds out.
import { omit } from "../../base/fields.ts";
import { checkValue } from "../../base/schema.ts";
import { UserError } from "../../base/user_error.ts";
import { requireTarget } from "../../targets/targets.ts";
import { OPTIONS, type Settings } from "../options/campaign_options.ts";
import { type JsonSchema, text } from "../options/kind.ts";
import { objectOf, option } from "../options/option.ts";

const NO_OBJECT = "has to export an object of fields (defineConfig({ ... }))";

const FIELDS = objectOf(
  {
    $schema: option({ kind: text(), about: "the file of this schema, for editors" }),
    ...OPTIONS,
  },
  NO_OBJECT,
);

/** The settings that a config asks for; `file` is named in messages. */
export function checkConfig(config: unknown, file: string): Settings {
  return omit(checkValue(config, FIELDS.schema, file), "$schema");
}

/** What an editor is told of a config that is JSON. The build writes it into a file. */
export function configSchema(): JsonSchema {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "slabfuzz.config.json",
    ...FIELDS.json,
  };
}

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
