// What came of one mutant, and how a file holds it.
import * as v from "valibot";
import { nowMs } from "../../base/clock.ts";
import { jsonCount, jsonObject, jsonOneOf, jsonText } from "../../base/schema.ts";
import type { CheckKind } from "../gate/check.ts";

/** What showed a mutant. `refused`: it does not boot a machine that it should. */
type Killer = CheckKind | "golden" | "cost" | "trapped" | "hung" | "refused";

/**
 * `not-reached`: no program comes by its place. `failed`: the harness could not cope with it, which
 * is no kill.
 */
const STATES = ["killed", "survived", "not-reached", "failed"] as const;
type MutantState = (typeof STATES)[number];

const words = v.optional(jsonText);

/** Fields of a result in a file. */
const FIELDS = {
  id: jsonText,
  state: jsonOneOf(STATES),
  killer: words,
  check: words,
  signature: words,
  programs: jsonCount,
  ms: jsonCount,
  stumble: words,
};

/** A result in a file, with further fields, if any. */
export function mutantResultWith<const F extends v.ObjectEntries>(more: F) {
  return v.pipe(
    jsonObject({ ...FIELDS, ...more }),
    v.check((found) => {
      const { state, killer } = found as Pick<MutantResult, "state" | "killer">;
      return (state === "killed") === (killer !== undefined);
    }, "says two things"),
  );
}

export interface MutantResult {
  readonly id: string;
  readonly state: MutantState;
  readonly killer?: Killer;
  /** The check, or set of golden programs. */
  readonly check?: string;
  /** What the judge said. */
  readonly signature?: string;
  /** Programs that were run, and how long that took. */
  readonly programs: number;
  readonly ms: number;
  /** The error of the harness, if there was one. */
  readonly stumble?: string;
}

export type Kill = Pick<MutantResult, "killer" | "check" | "signature">;

/** Programs that tell a mutant apart, as `SET#NUMBER`, and none where a quick one does. */
export interface MutantCover {
  readonly id: string;
  readonly seenBy: readonly string[];
}

/** The run of one mutant so far. */
export interface MutantRunCounts {
  readonly programs: number;
  readonly stumble: string | undefined;
}

/** The result of a mutant that programs come by; `startMs` is when its run began. */
export function resultOf(
  id: string,
  kill: Kill | undefined,
  { programs, stumble }: MutantRunCounts,
  startMs: number,
): MutantResult {
  const state = kill !== undefined ? "killed" : stumble === undefined ? "survived" : "failed";
  return { id, state, ...kill, programs, ms: Math.round(nowMs() - startMs), stumble };
}

/** The result of a mutant that no program comes by. */
export function notReached(id: string): MutantResult {
  return { id, state: "not-reached", programs: 0, ms: 0 };
}
