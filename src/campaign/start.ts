// Where a run begins: with nothing, or with what the journal of an earlier run says.
import { renameSync } from "node:fs";
import { UserError } from "../base/user_error.ts";
import { differenceOf, identityOf, optionsOf } from "./identity.ts";
import { hasJournal, journalPath, readJournal } from "./journal.ts";
import type { JournalHeader } from "./journal_text.ts";
import type { CampaignOptions } from "./options.ts";
import { PartSum } from "./part.ts";
import type { Range } from "./ranges.ts";
import { type CampaignRequest, campaignOf, type RunRequest } from "./request.ts";
import { parseShard, rangeOfShard, type Shard, shardText, WHOLE } from "./shard.ts";

/** Without a number of cases and a time, a campaign takes this long. */
const DEFAULT_TIME_MS = 10_000;

export interface Start {
  readonly options: CampaignOptions;
  /** For the journal of the run. */
  readonly header: JournalHeader;
  /** What is done already. */
  readonly before: PartSum;
}

/** What a request comes to: a campaign, its limits, and where it stands. */
export function startOf(request: CampaignRequest & RunRequest): Start {
  const { out, resume } = request;
  if (resume !== true || out === undefined) return freshStart(request);
  // With its seed named, a campaign that never got as far as a journal can begin as well.
  if (!hasJournal(out) && request.seed !== undefined) return freshStart(request);
  return resumedStart(request, out);
}

function freshStart(request: CampaignRequest & RunRequest): Start {
  const options = campaignOf(request);
  const { cases, shard = WHOLE } = request;
  const timeMs = request.timeMs ?? (cases === undefined ? DEFAULT_TIME_MS : undefined);
  const header = headerOf(options, cases, shard, timeMs);
  return { options, header, before: new PartSum() };
}

function headerOf(
  options: CampaignOptions,
  cases: number | undefined,
  shard: Shard,
  timeMs: number | undefined,
): JournalHeader {
  return {
    ...identityOf(options),
    cases: cases ?? null,
    shard: shardText(shard),
    timeMs: timeMs ?? null,
    isMerged: false,
  };
}

function resumedStart(request: CampaignRequest & RunRequest, out: string): Start {
  const { header, parts } = readJournal(out);
  const known = optionsOf(header);
  const options = campaignOf(overlaid(known, request));
  const difference = differenceOf(header, identityOf(options));
  if (difference !== undefined) throw new UserError(`${out}: cannot be resumed, ${difference}`);
  return { options, header: resumedHeader(header, request, out), before: new PartSum(parts) };
}

/** The limits of before, unless there are new ones. */
function resumedHeader(header: JournalHeader, request: RunRequest, out: string): JournalHeader {
  const cases = request.cases ?? header.cases;
  const shard = request.shard === undefined ? header.shard : shardText(request.shard);
  const isOtherPart = header.shard !== shardText(WHOLE) && cases !== header.cases;
  if (shard !== header.shard || isOtherPart) {
    throw new UserError(`${out}: is shard ${header.shard} of ${casesText(header)}, and stays that`);
  }
  const timeMs = request.timeMs ?? header.timeMs;
  if (cases === null && timeMs === null) {
    throw new UserError(`${out}: has no end: say --cases or --time`);
  }
  return { ...header, cases, timeMs, isMerged: false };
}

function casesText({ cases }: JournalHeader): string {
  return cases === null ? "all cases" : `${cases} cases`;
}

/** What is known, except where the request says something itself. */
function overlaid(known: CampaignOptions, request: CampaignRequest): CampaignRequest {
  const said = onlyGiven(request);
  const names = Object.keys(known).filter((name) => name in said);
  const changes = names.map((name) => [name, said[name as keyof CampaignRequest]]);
  const machine = { ...known.machine, ...onlyGiven(request.machine ?? {}) };
  return { ...known, ...Object.fromEntries(changes), machine };
}

function onlyGiven<T extends object>(options: T): Partial<T> {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Partial<T>;
}

/** The cases that a run with this header has to do. */
export function rangeOf({ cases, shard }: JournalHeader): Range {
  return rangeOfShard(parseShard(shard), cases ?? undefined);
}

/** The journal of an earlier campaign makes room for a new one. Says so, if that was unfinished. */
export function moveAside(out: string): string | undefined {
  if (!hasJournal(out)) return undefined;
  const path = journalPath(out);
  const was = unfinishedText(out);
  renameSync(path, `${path}.old`);
  return was && `${out}: the journal of ${was} is now ${path}.old`;
}

function unfinishedText(out: string): string | undefined {
  try {
    const { header, parts } = readJournal(out);
    const { done, timeMs } = new PartSum(parts);
    const isTimeUp = header.timeMs !== null && timeMs >= header.timeMs;
    if (isTimeUp || done.gapsIn(rangeOf(header)).length === 0) return undefined;
    return `an unfinished campaign (seed ${optionsOf(header).seed}, ${done.size} cases)`;
  } catch (error) {
    if (error instanceof UserError) return "a campaign that cannot be read";
    throw error;
  }
}
