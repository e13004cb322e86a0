// The folder of a campaign: which one it is, and what may be in it before. Two campaigns in one
// folder could not be told apart, so that a folder holds one at a time.

import { renameSync } from "node:fs";
import { join } from "node:path";
import { counted } from "../base/count_text.ts";
import { isObject } from "../base/json_file.ts";
import { UserError } from "../base/user_error.ts";
import { kindOfEntry, readTextFile } from "../base/whole_file.ts";
import { targetOf } from "./identity.ts";
import { hasJournal, journalPath, readJournal } from "./journal.ts";
import type { JournalHeader } from "./journal_text.ts";
import { PartSum } from "./part.ts";
import type { RunRequest } from "./request.ts";
import { rangeOf } from "./start.ts";
import { findingFolders } from "./store.ts";

const SUMMARY = "summary.json";

export function summaryPath(folder: string): string {
  return join(folder, SUMMARY);
}

export interface OutputRequest extends Pick<RunRequest, "out" | "resume"> {
  /** Takes `out` with a number behind it where `out` holds another campaign; default false. */
  readonly numbersOut?: boolean;
}

/**
 * The folder for a campaign with this header. Refuses one that holds another campaign, and makes
 * room in one that holds the same.
 */
export async function claimFolder(
  { resume = false, numbersOut = false }: OutputRequest,
  out: string,
  header: JournalHeader,
  say: (line: string) => void,
): Promise<string> {
  if (!numbersOut && isTaken(out)) {
    const what = kindOfEntry(out) === "link" ? "it is a link" : "it is no folder";
    throw new UserError(`${out}: cannot store findings there (${what})`);
  }
  for (let number = 1; ; number++) {
    const folder = number === 1 ? out : `${out}-${number}`;
    const isSame = (resume && hasJournal(folder)) || isSameCampaign(folder, header);
    const held = isSame ? undefined : await heldIn(folder);
    if (held === undefined && !(numbersOut && isTaken(folder))) {
      requireOwnSummary(folder, header);
      if (!resume) await moveAside(folder, say);
      if (number > 1) say(`${out} is taken: this campaign is stored in ${folder}`);
      return folder;
    }
    const goOn = hasJournal(folder) ? "go on with that by --resume, or " : "";
    if (!numbersOut) {
      throw new UserError(`${folder}: holds ${held}: ${goOn}name another folder by --out`);
    }
  }
}

/** What a folder holds of a campaign, in words; undefined if it holds nothing. */
export async function heldIn(folder: string): Promise<string | undefined> {
  if (hasJournal(folder)) return `a campaign already (${await campaignIn(folder)})`;
  if (kindOfEntry(summaryPath(folder)) !== "nothing") return `a ${SUMMARY} already`;
  return findingFolders(folder).length > 0 ? "findings already" : undefined;
}

function isTaken(folder: string): boolean {
  return !["nothing", "folder"].includes(kindOfEntry(folder));
}

/** Run once more it leaves the same files: its cases are the same, and what they come to. */
function isSameCampaign(folder: string, header: JournalHeader): boolean {
  // A clock cuts each run elsewhere.
  if (header.cases === null || header.timeMs !== null || !hasJournal(folder)) return false;
  try {
    const known = readJournal(folder).header;
    return (["campaign", "driver", "cases", "shard"] as const).every(
      (name) => known[name] === header[name],
    );
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

/** Refuses a summary that is of something else. */
export function requireOwnSummary(folder: string, { campaign }: JournalHeader): void {
  const path = summaryPath(folder);
  const kind = kindOfEntry(path);
  if (kind === "nothing" || (kind === "file" && campaignOf(readTextFile(path)) === campaign))
    return;
  throw new UserError(`${path}: is no summary of this campaign: move it away`);
}

function campaignOf(text: string): unknown {
  try {
    const record: unknown = JSON.parse(text);
    return isObject(record) ? record["campaign"] : undefined;
  } catch {
    return undefined;
  }
}

/** The journal of an unfinished campaign makes room for the campaign that is begun anew. */
async function moveAside(folder: string, say: (line: string) => void): Promise<void> {
  if (!hasJournal(folder)) return;
  const { header, parts } = readJournal(folder);
  if (new PartSum(parts).done.gapsIn(rangeOf(header)).length === 0) return;
  const was = await campaignIn(folder);
  const path = journalPath(folder);
  let old = `${path}.old`;
  for (let number = 2; kindOfEntry(old) !== "nothing"; number++) old = `${path}.old-${number}`;
  renameSync(path, old);
  say(`${folder}: the journal of an unfinished campaign (${was}) is now ${old}`);
}

async function campaignIn(folder: string): Promise<string> {
  try {
    const { header, parts } = readJournal(folder);
    const { seed } = (await targetOf(header)).options;
    return `seed ${seed}, ${counted(new PartSum(parts).done.size, "case")}`;
  } catch (error) {
    if (error instanceof UserError) return "which cannot be read";
    throw error;
  }
}
