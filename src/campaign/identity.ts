// Which campaign it is, and who runs it: what two results must share to be parts of one.
import { UserError } from "../base/user_error.ts";
import type { Target } from "../target/target.ts";
import { targetOfToken } from "../targets/targets.ts";
import { driverBuild } from "./driver_build.ts";

export interface Identity {
  /** The token of case 0, for its options in one word: its program is never run. */
  readonly campaign: string;
  /** Eight digits over the sources that decide what a case is and how it is judged. */
  readonly driver: string;
}

export function identityOf(target: Target): Identity {
  return { campaign: target.campaignToken, driver: driverBuild() };
}

/** The target of a campaign again, with its options. */
export function targetOf({ campaign }: Identity): Promise<Target> {
  return targetOfToken(campaign);
}

/** Why two are not the same, undefined if they are. */
export async function differenceOf(one: Identity, other: Identity): Promise<string | undefined> {
  if (one.campaign === other.campaign && one.driver === other.driver) return undefined;
  const names = await differingOptions(one, other);
  if (names === undefined || names.length === 0) return "another build of slabfuzz made it";
  return `it is another campaign, with another ${names.join(" and another ")}`;
}

async function differingOptions(one: Identity, other: Identity): Promise<string[] | undefined> {
  try {
    const [mine, theirs] = [await plainOptions(one), await plainOptions(other)];
    const names = Object.keys({ ...mine, ...theirs });
    return names.filter((name) => mine[name] !== theirs[name]).map(wordOf);
  } catch (error) {
    if (error instanceof UserError) return undefined; // a token of another version
    throw error;
  }
}

async function plainOptions(identity: Identity): Promise<Record<string, string>> {
  const entries = Object.entries((await targetOf(identity)).options);
  return Object.fromEntries(entries.map(([name, value]) => [name, plainText(value)]));
}

function plainText(value: unknown): string {
  return JSON.stringify(value, (_, part) => (typeof part === "bigint" ? String(part) : part));
}

/** opCountMax reads as "op count max". */
function wordOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
