// Results of one campaign that were gained apart, put together: shards, or runs on several
// machines. The order of folders does not matter, and a folder that is named twice counts once:
// cases are sets, and so are their parts.
import { resolve } from "node:path";
import { UserError } from "../base/user_error.ts";
import type { FuzzResult } from "./fuzz.ts";
import { differenceOf, identityOf, targetOf } from "./identity.ts";
import { hasJournal, readJournal } from "./journal.ts";
import type { JournalContent, JournalHeader } from "./journal_text.ts";
import { journalText } from "./journal_text.ts";
import { heldIn, requireOwnSummary } from "./output.ts";
import { type Part, PartSum } from "./part.ts";
import { RangeSet, shardText, WHOLE } from "./ranges.ts";
import { poolSizeOf, type RunRequest } from "./request.ts";
import { storeParts } from "./store_parts.ts";

/** What `merge` takes: `jobs` and `timeoutMs` are for writing up the findings. */
export interface MergeRequest extends Pick<RunRequest, "jobs" | "timeoutMs"> {
  /** Folders of one campaign, each with a journal; their order makes no difference. */
  readonly folders: readonly string[];
  /** The folder to write: a new one, or one of `folders`. */
  readonly out: string;
  /** Called after each finding: how many are written up, and how many there are. */
  readonly onFolder?: (written: number, total: number) => void;
  /** Ends it before all findings are written up; the result says so. */
  readonly signal?: AbortSignal;
}

/** A part, and the folder that it came from. */
export interface HeldPart {
  readonly folder: string;
  readonly part: Part;
}

/**
 * Puts the results of folders together, and writes their findings up again. The result is the same
 * as that of one run of all their cases. Throws a UserError if a folder has no journal, belongs to
 * another campaign or build, or shares only some of its cases with another one, and if `out` holds
 * a campaign that is not among the folders.
 */
export async function merge(request: MergeRequest): Promise<FuzzResult> {
  const size = poolSizeOf(request);
  const { header, held } = await readFolders(request.folders);
  const parts = united(held);
  await refuseStranger(request, { header, parts });
  const target = await targetOf(header);
  await target.prepare();
  const result = await storeParts(target, { header, parts }, size, request);
  return { ...result, isFinished: true }; // of these folders, whatever cases they lack
}

/** What `out` holds already would be lost, unless it is the same: a merge that was ended. */
async function refuseStranger({ folders, out }: MergeRequest, whole: JournalContent) {
  const isNamed = folders.some((folder) => resolve(folder) === resolve(out));
  const isSame =
    isNamed || (hasJournal(out) && journalText(readJournal(out)) === journalText(whole));
  const what = isSame ? undefined : await heldIn(out);
  if (what === undefined) return requireOwnSummary(out, whole.header);
  throw new UserError(`${out}: holds ${what}: merge it, too, or choose another folder`);
}

interface Folders {
  readonly header: JournalHeader;
  readonly held: readonly HeldPart[];
}

async function readFolders(folders: readonly string[]): Promise<Folders> {
  const read = folders.map((folder) => ({ folder, ...readJournal(folder) }));
  const [first] = read;
  if (first === undefined) throw new UserError("there is nothing to merge: name a folder or more");
  for (const { folder, header } of read) {
    const difference = await differenceOf(first.header, header);
    if (difference === undefined) continue;
    throw new UserError(`${folder}: cannot be merged with ${first.folder}, ${difference}`);
  }
  const ours = await differenceOf(first.header, identityOf(await targetOf(first.header)));
  if (ours !== undefined) throw new UserError(`${first.folder}: cannot be merged, ${ours}`);
  const held = read.flatMap(({ folder, header, parts }) => {
    const apart = header.isMerged ? parts : [new PartSum(parts).part];
    return apart.filter(({ ranges }) => ranges.length > 0).map((part) => ({ folder, part }));
  });
  return { header: mergedHeader(read.map(({ header }) => header)), held };
}

function mergedHeader(headers: readonly JournalHeader[]): JournalHeader {
  const [{ campaign, driver }] = headers;
  const counts = headers.map(({ cases }) => cases ?? Number.POSITIVE_INFINITY);
  const most = Math.max(...counts);
  const cases = Number.isFinite(most) ? most : null;
  return { campaign, driver, cases, shard: shardText(WHOLE), timeMs: null, isMerged: true };
}

/**
 * The parts that hold all cases, each once, in the order of their cases. What another part holds,
 * too, is left out; parts that only overlap cannot be told apart.
 */
export function united(held: readonly HeldPart[]): Part[] {
  const kept: (HeldPart & { cases: RangeSet })[] = [];
  const bySize = held.map((one) => ({ ...one, cases: new RangeSet(one.part.ranges) }));
  bySize.sort(largestFirst);
  for (const one of bySize) {
    const holder = kept.find(({ cases }) => cases.firstShared(one.cases) !== undefined);
    if (holder === undefined) kept.push(one);
    else refuseUnlessHeld(one, holder);
  }
  return kept.map(({ part }) => part).sort((a, b) => a.ranges[0][0] - b.ranges[0][0]);
}

/** Of two that took the same cases the quicker one. */
function largestFirst(one: Sized, other: Sized): number {
  const difference = other.cases.size - one.cases.size;
  return difference !== 0 ? difference : one.part.timeMs - other.part.timeMs;
}

type Sized = HeldPart & { readonly cases: RangeSet };

function refuseUnlessHeld(one: Sized, holder: Sized): void {
  if (!holder.cases.covers(one.cases)) {
    const shared = holder.cases.firstShared(one.cases);
    throw new UserError(
      `${one.folder}: shares case ${shared} with ${holder.folder}, and has others that it has not`,
    );
  }
  if (one.cases.size < holder.cases.size) return;
  if (textOf(one.part) === textOf(holder.part)) return;
  throw new UserError(`${one.folder}: has the cases of ${holder.folder} with other results`);
}

/** Everything but the time that it took. */
function textOf({ tally }: Part): string {
  return JSON.stringify(tally);
}
