// Where a run begins: at case 0, or where the journal of an earlier run ends.
import { counted } from "../base/count_text.ts";
import { UserError } from "../base/user_error.ts";
import type { Target } from "../target/target.ts";
import { type CampaignRequest, targetFor } from "../targets/targets.ts";
import { differenceOf, identityOf, targetOf } from "./identity.ts";
import { hasJournal, readJournal } from "./journal.ts";
import type { JournalHeader } from "./journal_text.ts";
import { PartSum } from "./part.ts";
import { parseShard, type Range, rangeOfShard, type Shard, shardText, WHOLE } from "./ranges.ts";
import type { RunRequest } from "./request.ts";

/** Without a number of cases and a time, a campaign takes this long. */
const DEFAULT_TIME_MS = 10_000;

export interface Start {
  readonly target: Target;
  /** For the journal of the run. */
  readonly header: JournalHeader;
  /** What is done already. */
  readonly before: PartSum;
}

/** What a request comes to: a campaign, its limits, and where it stands. */
export async function startOf(request: CampaignRequest & RunRequest): Promise<Start> {
  const { out, resume } = request;
  if (resume !== true || out === undefined) return freshStart(request);
  // With its seed named, a campaign that never got as far as a journal can begin as well.
  if (!hasJournal(out) && request.seed !== undefined) return freshStart(request);
  return resumedStart(request, out);
}

async function freshStart(request: CampaignRequest & RunRequest): Promise<Start> {
  const target = await targetFor(request);
  const { cases, shard = WHOLE } = request;
  const timeMs = request.timeMs ?? (cases === undefined ? DEFAULT_TIME_MS : undefined);
  if (cases !== undefined && shard.count > cases) {
    throw new UserError(
      `shard ${shardText(shard)}: ${counted(cases, "case")} have no ${shard.count} parts`,
    );
  }
  const header = headerOf(target, cases, shard, timeMs);
  return { target, header, before: new PartSum() };
}

function headerOf(
  target: Target,
  cases: number | undefined,
  shard: Shard,
  timeMs: number | undefined,
): JournalHeader {
  return {
    ...identityOf(target),
    cases: cases ?? null,
    shard: shardText(shard),
    timeMs: timeMs ?? null,
    isMerged: false,
  };
}

async function resumedStart(request: CampaignRequest & RunRequest, out: string): Promise<Start> {
  const { header, parts } = readJournal(out);
  const known = await targetOf(header);
  const target = await targetFor(overlaid(known.options, request));
  const difference = await differenceOf(header, identityOf(target));
  if (difference !== undefined) throw new UserError(`${out}: cannot be resumed, ${difference}`);
  return { target, header: resumedHeader(header, request, out), before: new PartSum(parts) };
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
  return cases === null ? "all cases" : counted(cases, "case");
}

/** What is known, except where the request says something itself. */
function overlaid(known: CampaignRequest, request: CampaignRequest): CampaignRequest {
  const said = onlyGiven(request);
  const names = (Object.keys(known) as (keyof CampaignRequest)[]).filter((name) => name in said);
  const changes = names
    .filter((name) => !isReordered(known[name], said[name]))
    .map((name) => [name, said[name]]);
  const machine = { ...known.machine, ...onlyGiven(request.machine ?? {}) };
  return { ...known, ...Object.fromEntries(changes), machine };
}

/** The same sizes in another order are the same sizes. */
function isReordered(known: unknown, said: unknown): boolean {
  if (!Array.isArray(known) || !Array.isArray(said)) return false;
  return JSON.stringify([...known].sort()) === JSON.stringify([...said].sort());
}

function onlyGiven<T extends object>(options: T): Partial<T> {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Partial<T>;
}

/** The cases that a run with this header has to do. */
export function rangeOf({ cases, shard }: JournalHeader): Range {
  return rangeOfShard(parseShard(shard), cases ?? undefined);
}
