// Shrinking that lets others have their turn: it can be watched, and it can be told to stop, with
// the smallest program so far as its result.
import { nowMs } from "../../base/clock.ts";
import type { Program } from "../program/op.ts";
import {
  type ShrinkOptions,
  type ShrinkProgress,
  type ShrinkResult,
  shrinkSteps,
} from "./shrink.ts";

/** Signals are heard this often. */
const TURN_MS = 25;

export interface PatientOptions extends ShrinkOptions {
  /** Ends it. The result is what was reached by then. */
  readonly signal?: AbortSignal;
  /** Called some forty times a second. */
  readonly onProgress?: (progress: ShrinkProgress) => void;
}

export async function shrinkPatiently(
  program: Program,
  { signal, onProgress, ...options }: PatientOptions = {},
): Promise<ShrinkResult> {
  const steps = shrinkSteps(program, options);
  let turnEnds = nowMs() + TURN_MS;
  for (let next = steps.next(true); ; next = steps.next(signal?.aborted !== true)) {
    if (next.done === true) return next.value;
    if (nowMs() < turnEnds) continue;
    onProgress?.(next.value);
    await new Promise((resume) => setImmediate(resume));
    turnEnds = nowMs() + TURN_MS;
  }
}
