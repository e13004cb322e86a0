// Findings of all sections, each signature once, with the smallest program that shows it.
import type { NamedCore } from "../../slub/named_core.ts";
import { failureOf } from "../../target/failure.ts";
import { type Exhibit, programOfCase } from "./exhibit.ts";
import { shrinkHung } from "./hung.ts";
import type { RawFinding } from "./section.ts";
import type { GatePool } from "./workers.ts";

/** So many are cut down; of a target that fails everywhere, more would tell nobody anything. */
const SHRUNK_MAX = 8;
/** CPU time that making a finding again and cutting it down may take. */
const EXHIBIT_MS = 60_000;

type WrittenFinding = RawFinding & { readonly exhibit: Exhibit };

/** Writes findings up; `onDone` hears of each. */
export async function writeUpFindings(
  target: NamedCore,
  pool: GatePool,
  raw: readonly RawFinding[],
  onDone: (done: number) => void,
): Promise<readonly WrittenFinding[]> {
  let done = 0;
  return pool.map(merged(raw), async (finding, index) => {
    const exhibit = finding.exhibit ?? (await exhibitFor(pool, target, finding, index));
    onDone(++done);
    return { ...finding, exhibit };
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

async function exhibitFor(
  pool: GatePool,
  target: NamedCore,
  { check, finding }: RawFinding,
  index: number,
): Promise<Exhibit> {
  const failure = failureOf(finding.signature);
  const bare = () => programOfCase(target, check, finding.caseNumber);
  if (failure === "hung") return shrinkHung(pool, target, bare());
  if (failure === "died" || index >= SHRUNK_MAX) return bare();
  const job = { target: target.name, check, finding };
  const outcome = await pool.tryOnce("exhibit", job, { limitMs: EXHIBIT_MS });
  return outcome.kind === "lost" ? bare() : outcome.answer;
}
