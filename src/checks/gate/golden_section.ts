// The golden programs: a target answers them as its file of digests says. A core that answers
// otherwise has changed, whether or not it broke a rule.
import { nowMs } from "../../base/clock.ts";
import { UserError } from "../../base/user_error.ts";
import type { NamedCore } from "../../slub/named_core.ts";
import { type Player, StressPlayer } from "../golden/player.ts";
import { bareExhibit, type Exhibit } from "./exhibit.ts";
import { type AnswerTo, type GateSeat, spread } from "./gate_seat.ts";
import { type GoldenDigests, goldenSets } from "./golden.ts";
import type { CheckRecord } from "./result.ts";
import {
  knownFinding,
  type RawFinding,
  type SectionOutcome,
  type SectionRequest,
  skippedSection,
} from "./section.ts";

/** Known answers, and the file that they are from. */
export interface GoldenBaseline {
  readonly path: string;
  readonly digests: GoldenDigests;
}

const SIGNATURE = "golden|-|-|answered otherwise";
const EXAMPLE_MS = 30_000;

/** Asks a target what is known of it: all, or the quick part, without the stress programs. */
export async function goldenSection(
  golden: GoldenBaseline | undefined,
  isQuick: boolean,
  request: SectionRequest,
): Promise<SectionOutcome> {
  const { target, seats, signal, onProgress } = request;
  if (target.core === "canary") {
    return skippedSection("golden", "a canary answers otherwise on purpose");
  }
  if (golden === undefined) {
    const how = `slabfuzz golden ${target.name} --update writes one`;
    return skippedSection("golden", `there are no digests (${how})`);
  }
  const known = knownSets(golden).filter((set) => !(isQuick && set instanceof StressPlayer));
  let done = 0;
  onProgress(0, known.length);
  const work = async (seat: GateSeat, { name, count }: Player) => {
    const record = await askSet(seat, target, name, golden.digests.get(name)!);
    onProgress(++done, known.length);
    return { ...record, cases: count };
  };
  const checks = await spread(seats, known, work, signal);
  const cases = checks.reduce((sum, check) => sum + check.cases, 0);
  const result = { cases, operations: 0, seconds: 0, checks, skipped: undefined };
  const failed = checks.filter(({ passed }) => !passed).map(({ name }) => name);
  const findings = failed.length === 0 ? [] : [await findingOf(request, golden, failed)];
  return { result: { name: "golden", ...result }, findings };
}

/** The sets that there are; a file that knows others is of another version. */
function knownSets({ path, digests }: GoldenBaseline): readonly Player[] {
  const sets = goldenSets();
  const names = new Set(sets.map(({ name }) => name));
  const stranger = [...digests.keys()].find((name) => !names.has(name));
  if (stranger === undefined) return sets.filter(({ name }) => digests.has(name));
  throw new UserError(`${path}: knows programs ${JSON.stringify(stranger)}, which are no more`);
}

async function askSet(
  seat: GateSeat,
  { name: target }: NamedCore,
  set: string,
  expected: string,
): Promise<Omit<CheckRecord, "cases">> {
  const startMs = nowMs();
  const answer = (await seat.run({ kind: "golden", target, set })) as AnswerTo<"golden">;
  const passed = answer.kind === "golden" && answer.digest === expected;
  const seconds = Math.round(nowMs() - startMs) / 1000;
  return { name: set, passed, seconds, signatures: passed ? [] : [SIGNATURE] };
}

/** One for all sets: they mostly tell of the same change. */
async function findingOf(
  { target, seats }: SectionRequest,
  { path }: GoldenBaseline,
  sets: readonly string[],
): Promise<RawFinding> {
  const [set] = sets;
  const more = sets.length === 1 ? "" : ` and ${sets.length - 1} more sets of programs`;
  const remedy = `if that is on purpose: slabfuzz golden ${target.name} --update`;
  const exhibit = await exampleOf(seats[0], target, set);
  return knownFinding(target, {
    section: "golden",
    check: set,
    signature: SIGNATURE,
    impact: "none",
    count: sets.length,
    message: `${set}${more} answered otherwise than in ${path} (${remedy})`,
    exhibit,
  });
}

async function exampleOf(seat: GateSeat, target: NamedCore, set: string): Promise<Exhibit> {
  const job = { kind: "golden-example", target: target.name, set } as const;
  const answer = (await seat.run(job, EXAMPLE_MS)) as AnswerTo<"golden-example">;
  if (answer.kind === "golden-example") return answer.exhibit;
  const player = goldenSets().find(({ name }) => name === set)!;
  return bareExhibit(player.program(0), undefined);
}
