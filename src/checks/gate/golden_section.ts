// The golden programs: a target answers them as its file of digests says. A core that answers
// otherwise has changed, whether or not it broke a rule.

import { nowMs } from "../../base/clock.ts";
import type { LostJob } from "../../pool/job.ts";
import { onCore } from "../../slub/named_core.ts";
import { FAILURES, failureSignature } from "../../target/failure.ts";
import { bareSignature } from "../../target/signature.ts";
import { type Player, StressPlayer } from "../golden/player.ts";
import type { GateTarget } from "./gate_target.ts";
import { type GoldenDigests, goldenSets } from "./golden.ts";
import { bareReproducer, type Reproducer } from "./reproducer.ts";
import type { CheckRecord } from "./result.ts";
import type { RawFinding, SectionOutcome, SectionRequest } from "./section.ts";
import { knownFinding, skippedSection } from "./section.ts";
import { type GatePool, unfinishedText } from "./workers.ts";

/** Known answers, and the file that they are from. */
export interface GoldenBaseline {
  readonly path: string;
  readonly digests: GoldenDigests;
}

const SIGNATURE = bareSignature("golden", { words: "answered otherwise" });
/** CPU time that looking for an example may take. */
const EXAMPLE_MS = 30_000;

/** A set that was asked. */
interface Asked {
  readonly player: Player;
  readonly record: CheckRecord;
  /** It hung at one of its programs, or died. */
  readonly lost: LostJob | undefined;
}

/** Asks a target what is known of it: all, or the quick part, without the stress programs. */
export async function goldenSection(
  golden: GoldenBaseline | undefined,
  isQuick: boolean,
  request: SectionRequest,
): Promise<SectionOutcome> {
  const { target, pool, signal, onProgress } = request;
  if (target.core === undefined) {
    return skippedSection("golden", "golden programs are of operations that only the kernel has");
  }
  if (target.core.core === "canary") {
    return skippedSection("golden", "a canary answers otherwise on purpose");
  }
  if (golden === undefined) {
    const how = `slabfuzz golden ${target.name} --update writes one`;
    return skippedSection("golden", `there are no digests (${how})`);
  }
  const known = goldenSets().filter((set) => {
    return golden.digests.has(set.name) && !(isQuick && set instanceof StressPlayer);
  });
  let done = 0;
  onProgress(0, known.length);
  const work = async (player: Player): Promise<Asked> => {
    const asked = await askSet(pool, target, player, golden.digests.get(player.name)!);
    onProgress(++done, known.length);
    return asked;
  };
  const all = await pool.map(known, work, signal);
  const checks = all.map(({ record }) => record);
  const cases = checks.reduce((sum, check) => sum + check.cases, 0);
  const result = { cases, operations: 0, seconds: 0, checks, skipped: undefined };
  const changed = checks.filter(({ signatures }) => signatures.includes(SIGNATURE.text));
  const names = changed.map(({ name }) => name);
  const findings = names.length === 0 ? [] : [await findingOf(request, golden, names)];
  const failures = all.flatMap((asked) => failuresOf(target, asked));
  return { result: { name: "golden", ...result }, findings: [...findings, ...failures] };
}

async function askSet(
  pool: GatePool,
  { name: target }: GateTarget,
  player: Player,
  expected: string,
): Promise<Asked> {
  const startMs = nowMs();
  const { name, count: cases } = player;
  const outcome = await pool.run("golden", { target, set: name });
  const seconds = Math.round(nowMs() - startMs) / 1000;
  const common = { name, cases, seconds };
  if (outcome.kind === "lost") {
    const signatures = outcome.isConfirmed ? [failureSignature(outcome.how).text] : [];
    const unfinished = unfinishedText(outcome);
    return { player, record: { ...common, passed: false, signatures, unfinished }, lost: outcome };
  }
  const passed = outcome.answer === expected;
  const signatures = passed ? [] : [SIGNATURE.text];
  return { player, record: { ...common, passed, signatures }, lost: undefined };
}

/** A set at one of whose programs the target hung, or died, twice. */
function failuresOf(target: GateTarget, { player, lost }: Asked): readonly RawFinding[] {
  if (lost?.isConfirmed !== true) return [];
  const { impact, text } = FAILURES[lost.how];
  const signature = failureSignature(lost.how);
  const { header, ops } = player.program(lost.index);
  const finding = knownFinding(target, {
    ...{ section: "golden", check: player.name, signature, impact, count: 1 },
    message: `${player.name}, program ${lost.index}: ${text}`,
    reproducer: bareReproducer(onCore({ header, ops }, target), undefined),
  });
  return [{ ...finding, isExcusable: true }];
}

/** One for all sets: they mostly tell of the same change. */
async function findingOf(
  { target, pool }: SectionRequest,
  { path }: GoldenBaseline,
  sets: readonly string[],
): Promise<RawFinding> {
  const [set] = sets;
  const more = sets.length === 1 ? "" : ` and ${sets.length - 1} more sets of programs`;
  const remedy = `if that is on purpose: slabfuzz golden ${target.name} --update`;
  const reproducer = await exampleOf(pool, target, set);
  return knownFinding(target, {
    section: "golden",
    check: set,
    signature: SIGNATURE,
    impact: "none",
    count: sets.length,
    message: `${set}${more} answered otherwise than in ${path} (${remedy})`,
    reproducer,
  });
}

async function exampleOf(pool: GatePool, target: GateTarget, set: string): Promise<Reproducer> {
  const job = { target: target.name, set };
  const outcome = await pool.tryOnce("goldenExample", job, { limitMs: EXAMPLE_MS });
  if (outcome.kind === "done") return outcome.answer;
  const player = goldenSets().find(({ name }) => name === set)!;
  return bareReproducer(player.program(0), undefined);
}
