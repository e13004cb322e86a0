// The text behind `# boot:`: a variant and the kernel's own parameters.
import { UserError } from "../../base/user_error.ts";
import type { Machine, SlubDebug, VariantName } from "./machine.ts";
import type { ProfileName } from "./op.ts";
import { NO_SLUB_DEBUG, parseSlubDebug } from "./slub_debug.ts";
import { isVariantName, VARIANTS } from "./variant.ts";

/** A boot line, taken apart; the parameters are not yet understood. */
export interface BootLine {
  readonly variant: VariantName;
  readonly parameters: readonly string[];
}

/** What the parameters say. */
interface BootParameters {
  readonly slubDebug: SlubDebug;
  readonly nomerge: boolean;
  /** Parameters that this kernel passes over because they are another version's. */
  readonly ignored: readonly string[];
}

/** Takes a boot line apart; refuses a variant and parameters that nobody knows. */
export function parseBootLine(text: string): BootLine {
  const [variant, ...parameters] = text.trim().split(/[ \t]+/);
  if (!isVariantName(variant)) {
    const known = Object.keys(VARIANTS).join(" ");
    throw new UserError(`unknown variant ${JSON.stringify(variant)} (there are: ${known})`);
  }
  for (const parameter of parameters) {
    if (!KNOWN.includes(nameOf(parameter))) {
      throw new UserError(`kernel parameter ${JSON.stringify(parameter)} is not modelled`);
    }
  }
  return { variant, parameters };
}

const KNOWN = ["slub_debug", "slab_debug", "slub_nomerge", "slab_nomerge", "slab_merge"];
const OTHER_VERSIONS: Readonly<Record<ProfileName, readonly string[]>> = {
  "v3.10": ["slab_debug", "slab_nomerge", "slab_merge"],
  "v6.1": ["slab_debug"],
  "v6.12": [],
  "v7.0": [],
};

/** Understands parameters as the kernel of this profile does; of repeated ones the last counts. */
export function readParameters(
  profile: ProfileName,
  parameters: readonly string[],
): BootParameters {
  let slubDebug = NO_SLUB_DEBUG;
  let nomerge = false;
  const ignored: string[] = [];
  for (const parameter of parameters) {
    const name = nameOf(parameter);
    if (OTHER_VERSIONS[profile].includes(name)) ignored.push(parameter);
    else if (name.endsWith("_debug")) slubDebug = parseSlubDebug(profile, argumentOf(parameter));
    else nomerge = name.endsWith("_nomerge");
  }
  return { slubDebug, nomerge, ignored };
}

/** The boot line that says what a machine was booted with. */
export function bootLineOf(machine: Machine): string {
  const words: string[] = [machine.variant];
  const { given, text } = machine.slubDebug;
  if (given) words.push(text === undefined ? "slub_debug" : `slub_debug=${text}`);
  if (machine.nomerge) words.push("slub_nomerge");
  return words.join(" ");
}

function nameOf(parameter: string): string {
  return parameter.split("=", 1)[0];
}

/** What stands behind the `=`, without the quotes that the kernel's command line allows. */
function argumentOf(parameter: string): string | undefined {
  const equals = parameter.indexOf("=");
  if (equals < 0) return undefined;
  return parameter.slice(equals + 1).replace(/^"(.*)"$/, "$1");
}
