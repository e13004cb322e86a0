// What can be asked of a thread that runs foreign code: no other thread runs any.
import { visibleName } from "../base/visible.ts";
import type { ForeignEngine } from "./engine.ts";
import { type HeapRecord, recordHeap } from "./heap_record.ts";
import { type Capacity, isGuests } from "./judge/capacity.ts";
import { type Footprint, footprintOf } from "./judge/footprint.ts";
import { type ForeignProgram, printForeign } from "./program/text.ts";
import { type ForeignReplay, replayForeign } from "./replay.ts";
import { shrinkForeign } from "./shrink.ts";

export type ForeignQuestion =
  | { readonly kind: "probe" }
  | { readonly kind: "footprint" }
  | { readonly kind: "replay"; readonly program: ForeignProgram }
  | { readonly kind: "record"; readonly program: ForeignProgram }
  | {
      readonly kind: "shrink";
      readonly program: ForeignProgram;
      /** Work at most, about; undefined for as much as is usual. */
      readonly effortMax: number | undefined;
    };

/** What is known of an allocator once it has run. */
export interface Probe {
  readonly capacity: Capacity;
  /** Constructors that trapped. */
  readonly failedInit: string | undefined;
  /** Imports that were called while it was measured, and what for, where their names do not say. */
  readonly calls: readonly StubNote[];
}

export interface StubNote {
  readonly name: string;
  readonly count: number;
  readonly takenFor: string | undefined;
}

export interface ShrunkAnswer {
  readonly script: string;
  readonly verdict: string;
  readonly signature: string;
  readonly impact: string;
  readonly digest: string;
  readonly operationsBefore: number;
  readonly operations: number;
  readonly tried: number;
  readonly isComplete: boolean;
}

export type ForeignAnswer =
  | { readonly kind: "probe"; readonly probe: Probe }
  | { readonly kind: "footprint"; readonly footprint: Footprint }
  | { readonly kind: "replay"; readonly replay: ForeignReplay }
  | { readonly kind: "record"; readonly record: HeapRecord }
  | { readonly kind: "shrink"; readonly shrunk: ShrunkAnswer | undefined }
  | { readonly kind: "refused"; readonly why: string };

/** Answers; `begin` is called before each operation of a replay. */
export function answerForeign(
  engine: ForeignEngine,
  question: ForeignQuestion,
  begin: (index: number) => void,
): ForeignAnswer {
  try {
    return answered(engine, question, begin);
  } catch (error) {
    if (!isGuests(error) && !(error instanceof WebAssembly.LinkError)) throw error;
    return { kind: "refused", why: visibleName((error as Error).message) };
  }
}

function answered(
  engine: ForeignEngine,
  question: ForeignQuestion,
  begin: (index: number) => void,
): ForeignAnswer {
  if (question.kind === "probe") return { kind: "probe", probe: probeOf(engine) };
  if (question.kind === "footprint") {
    const { guest, capacity } = engine.ready;
    return { kind: "footprint", footprint: footprintOf(guest, capacity) };
  }
  const { program } = question;
  if (question.kind === "replay") {
    return { kind: "replay", replay: replayForeign(engine, program, begin) };
  }
  if (question.kind === "record") {
    return { kind: "record", record: recordHeap(engine, program, begin) };
  }
  return { kind: "shrink", shrunk: shrunkOf(engine, program, question.effortMax) };
}

function probeOf({ ready: { guest, capacity } }: ForeignEngine): Probe {
  const calls = [...guest.stubCalls].map(([name, call]) => ({ name, ...call }));
  return { capacity, failedInit: guest.failedInit, calls };
}

function shrunkOf(
  engine: ForeignEngine,
  program: ForeignProgram,
  effortMax: number | undefined,
): ShrunkAnswer | undefined {
  const shrunk = shrinkForeign(engine, program, { effortMax });
  if (shrunk === undefined) return undefined;
  const { program: best, ...rest } = shrunk;
  return { ...rest, operations: best.ops.length, script: printForeign(best) };
}
