// Findings of all sections, each signature once, with the smallest program that shows it.
import { failureOf } from "../../target/failure.ts";
import type { GateTarget } from "./gate_target.ts";
import type { Reproducer } from "./reproducer.ts";
import type { RawFinding } from "./section.ts";
import type { GatePool } from "./workers.ts";

/** So many are cut down; of a target that fails everywhere, more would tell nothing new. */
const SHRUNK_MAX = 8;
/** CPU time that making a finding again and cutting it down may take. */
const REPRODUCER_MS = 60_000;

type WrittenFinding = RawFinding & { readonly reproducer: Reproducer };

/** Writes findings up; `onDone` is called for each. */
export async function writeUpFindings(
  target: GateTarget,
  pool: GatePool,
  raw: readonly RawFinding[],
  onDone: (done: number) => void,
): Promise<readonly WrittenFinding[]> {
  let done = 0;
  return pool.map(merged(raw), async (finding, index) => {
    const reproducer = finding.reproducer ?? (await reproducerFor(pool, target, finding, index));
    onDone(++done);
    return { ...finding, reproducer };
  });
}

/** One of each signature, with the cases of all. */
function merged(raw: readonly RawFinding[]): readonly RawFinding[] {
  const all = new Map<string, RawFinding>();
  for (const one of raw) {
    const { verdict, signature } = one.finding;
    const key = `${one.isExcusable ? "" : one.check.name} ${verdict} ${signature}`;
    const known = all.get(key);
    const count = (known?.finding.count ?? 0) + one.finding.count;
    const first = known ?? one;
    all.set(key, { ...first, finding: { ...first.finding, count } });
  }
  return [...all.values()];
}

async function reproducerFor(
  pool: GatePool,
  target: GateTarget,
  { check, finding }: RawFinding,
  index: number,
): Promise<Reproducer> {
  const failure = failureOf(finding.parts);
  const bare = () => target.programOfCase(check, finding.caseNumber);
  if (failure === "hung") return target.shrinkHung(pool, bare());
  if (failure === "died" || index >= SHRUNK_MAX) return bare();
  const job = { target: target.name, check, finding };
  const outcome = await pool.tryOnce("reproducer", job, { limitMs: REPRODUCER_MS });
  return outcome.kind === "lost" ? bare() : outcome.answer;
}
