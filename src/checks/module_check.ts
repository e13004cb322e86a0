// Is the allocator of each module in a package sound? Each gets a campaign of clean programs, one
// after the other, of the same length.
import { nowMs } from "../base/clock.ts";
import { UserError } from "../base/user_error.ts";
import { fuzz } from "../campaign/fuzz.ts";
import type { Summary } from "../campaign/summary.ts";
import type { Footprint, FootprintWorkload } from "../module/judge/footprint.ts";
import { modulesOf } from "../module/load/find.ts";
import { TLSF } from "../module/load/load.ts";
import { isModule, moduleTargetFor } from "../targets/targets.ts";

export interface ModuleCheckRequest {
  /** A package, a module, or a script that carries one. */
  readonly word: string;
  /** For modules whose exports say nothing. */
  readonly exports?: string;
  /** Milliseconds for all modules: cases, footprints and write-ups; start-up is left out. */
  readonly timeMs: number;
  readonly seed?: bigint;
  readonly jobs?: number;
  /** CPU time that one case may take, and a module's start-up; default 10 s. */
  readonly timeoutMs?: number;
  /** Turns of loops that a module may make at a time, and bytes that its memory may have. */
  readonly fuel?: number;
  readonly memory?: number;
  /** A module's campaign ends with its first fault. */
  readonly stopOnFirst?: boolean;
  /** A workload that takes more than so many times the live bytes is a fault; default none is. */
  readonly fragmentedMax?: number;
  /** Ends the check; what is done by then is returned. */
  readonly signal?: AbortSignal;
  /** The next module's turn has come. */
  readonly onModule?: (path: string, done: number, total: number) => void;
}

/** What came of one module: it was judged, or refused. */
export interface ModuleCheck {
  /** The module's file. */
  readonly path: string;
  /** `malloc/free (malloc free), room for 64 MiB`; undefined where it was refused. */
  readonly allocator: string | undefined;
  /** Why it could not be judged. */
  readonly refused: string | undefined;
  /** What its campaign came to. */
  readonly summary: Summary | undefined;
  /** How much memory it takes; undefined where it was refused, or took too long. */
  readonly footprint: Footprint | undefined;
  /** Workloads that took more memory than they may; none where no bound was named. */
  readonly fragmented: readonly FootprintWorkload[];
}

/**
 * Checks all modules that a word means. Throws a UserError where it means none, or a target that is
 * no module; a module that cannot be judged is refused by itself.
 */
export async function checkModules(request: ModuleCheckRequest): Promise<readonly ModuleCheck[]> {
  const { word, exports, onModule, signal } = request;
  if (!(await isModule(word, exports))) throw new UserError(`${word}: is no module nor a package`);
  const paths = word === TLSF ? [TLSF] : modulesOf(word).map(({ path }) => path);
  const checks: ModuleCheck[] = [];
  for (const [done, path] of paths.entries()) {
    if (signal?.aborted) break;
    onModule?.(path, done, paths.length);
    checks.push(await checkOne(path, { ...request, timeMs: request.timeMs / paths.length }));
  }
  return checks;
}

/** Of a module's time, its footprint may take so much at most. */
const FOOTPRINT_PART = 1 / 4;

async function checkOne(path: string, request: ModuleCheckRequest): Promise<ModuleCheck> {
  const { exports, fuel, memory, seed, jobs, signal, timeMs, timeoutMs, stopOnFirst } = request;
  const choice = { target: path, exports, fuel, memory };
  const campaign = { ...choice, bugs: ["none"] as const, seed };
  try {
    const target = await moduleTargetFor(choice);
    await target.prepare(timeoutMs);
    const startMs = nowMs();
    const footprint = await target.footprint(timeMs * FOOTPRINT_PART);
    const leftMs = Math.max(timeMs * (1 - FOOTPRINT_PART), timeMs - (nowMs() - startMs));
    const fragmented = fragmentedIn(footprint, request);
    const run = { wholeMs: leftMs, timeoutMs, jobs, signal, stopOnFirst };
    const { summary } = await fuzz({ ...campaign, ...run });
    const allocator = target.text.place;
    return { path, allocator, refused: undefined, summary, footprint, fragmented };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const refused = error.message.replace(`${path}: `, "");
    const nothing = { allocator: undefined, summary: undefined, footprint: undefined };
    return { path, refused, ...nothing, fragmented: [] };
  }
}

function fragmentedIn(
  footprint: Footprint | undefined,
  { fragmentedMax = Number.POSITIVE_INFINITY }: ModuleCheckRequest,
): readonly FootprintWorkload[] {
  const { workloads = [] } = footprint ?? {};
  return workloads
    .filter(({ taken, live }) => taken > fragmentedMax * live)
    .map(({ name }) => name);
}

/** Whether a rule of allocators was broken. */
export function isFaulty({ summary, fragmented }: ModuleCheck): boolean {
  return fragmented.length > 0 || (summary !== undefined && summary.findings.length > 0);
}
