// Foreign targets on threads. Nothing of a module runs on this one: a thread of its own measures it
// first, and somebody says so if it cannot be run at all.
import { assert } from "../base/assert.ts";
import { UserError } from "../base/user_error.ts";
import type { CampaignOptions } from "../campaign/options.ts";
import { Seat } from "../campaign/seat.ts";
import type { LostJob } from "../pool/watched_thread.ts";
import { foreignShape } from "./cases.ts";
import { ForeignEngine, type ForeignModule } from "./engine.ts";
import { keepProbe, moduleOf, probeOf } from "./foreign_module.ts";
import { loadForeign } from "./load/load.ts";
import type { ForeignAnswer, ForeignQuestion, Probe } from "./question.ts";

/** Starting and measuring a module may take this long. */
const PROBE_MS = 20_000;

/** An engine that makes programs, and runs them on the threads that may. */
export function foreignEngineFor(options: CampaignOptions, module?: ForeignModule): ForeignEngine {
  assert(options.foreign !== undefined, "the target is a foreign one");
  return new ForeignEngine(module ?? moduleOf(options.foreign), foreignShape(options));
}

/** Measures the target of a campaign, if it is foreign; refuses one that cannot be started. */
export async function prepareTarget(options: CampaignOptions): Promise<Probe | undefined> {
  const { foreign } = options;
  if (foreign === undefined) return undefined;
  const known = probeOf(foreign);
  if (known !== undefined) return known;
  const answer = await askForeign(options, { kind: "probe" }, PROBE_MS);
  const { path } = loadForeign(foreign);
  if (answer.kind !== "probe") throw new UserError(`${path}: ${whyNot(answer)}`);
  const { probe } = answer;
  if (probe.capacity.bytes === 0) {
    throw new UserError(`${path}: its allocator gives nothing, not even 256 bytes`);
  }
  keepProbe(foreign, probe);
  return probe;
}

function whyNot(answer: ForeignAnswer | LostJob): string {
  if (answer.kind === "refused") return `cannot be started (${answer.why})`;
  const isHung = answer.kind === "lost" && answer.how === "hung";
  return isHung ? "does not come back from its start" : "takes its thread down when it starts";
}

/** Asks a thread that is there for this one question only. */
export async function askForeign(
  options: CampaignOptions,
  question: ForeignQuestion,
  timeoutMs: number,
): Promise<ForeignAnswer | LostJob> {
  const seat = new Seat({ options, timeoutMs });
  try {
    const answer = await seat.run({ kind: "foreign", question });
    if (answer.kind === "lost") return answer;
    assert(answer.kind === "foreign", "a thread answers what it is asked");
    return answer.answer;
  } finally {
    await seat.close();
  }
}
