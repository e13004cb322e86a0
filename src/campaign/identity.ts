// Which campaign it is, and who runs it: what two results must share to be parts of one.
import { UserError } from "../base/user_error.ts";
import { parseToken, tokenOf } from "../slub/token.ts";
import { buildOf } from "./build.ts";
import { driverBuild } from "./driver_build.ts";
import { type CampaignOptions, machineOf } from "./options.ts";

export interface Identity {
  /** The token of case 0, whose program nobody asks for: all options in one word. */
  readonly campaign: string;
  /** Eight digits over the sources that decide what a case is and how it is judged. */
  readonly driver: string;
}

export function identityOf(options: CampaignOptions): Identity {
  const build = buildOf(options);
  const parts = { options, caseNumber: 0, build, program: "-" };
  return { campaign: tokenOf(parts, machineOf(options)), driver: driverBuild() };
}

/** The campaign's options again. */
export function optionsOf({ campaign }: Identity): CampaignOptions {
  return parseToken(campaign).options;
}

/** Why two are not the same, undefined if they are. */
export function differenceOf(one: Identity, other: Identity): string | undefined {
  if (one.campaign === other.campaign && one.driver === other.driver) return undefined;
  const names = differingOptions(one, other);
  if (names === undefined || names.length === 0) return "another build of slabfuzz made it";
  return `it is another campaign, with another ${names.join(" and another ")}`;
}

function differingOptions(one: Identity, other: Identity): string[] | undefined {
  try {
    const [mine, theirs] = [plainOptions(one), plainOptions(other)];
    const names = Object.keys({ ...mine, ...theirs });
    return names.filter((name) => mine[name] !== theirs[name]).map(wordOf);
  } catch (error) {
    if (error instanceof UserError) return undefined; // a token of another version
    throw error;
  }
}

function plainOptions(identity: Identity): Record<string, string> {
  const entries = Object.entries(optionsOf(identity));
  return Object.fromEntries(entries.map(([name, value]) => [name, plainText(value)]));
}

function plainText(value: unknown): string {
  return JSON.stringify(value, (_, part) => (typeof part === "bigint" ? String(part) : part));
}

/** opCountMax reads as "op count max". */
function wordOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
