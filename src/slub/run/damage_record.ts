// What a case did to which bytes, as data: each stretch of damaged bytes with what it is, whose,
// and who wrote it last, as the check found it that spoke, or as the mistake left it.
import type { Segment } from "../oracle/damage.ts";
import { REGION_NAMES } from "../oracle/region.ts";
import type { Shadow } from "../oracle/shadow.ts";
import { type Judgement, NEVER } from "../oracle/verdict.ts";
import type { ProgramImage } from "../program/image.ts";
import type { Judge } from "./judge.ts";
import { type ByteProvenance, Provenance } from "./provenance.ts";

/** Stretches described, at most. */
const SEGMENTS_MAX = 8;

export interface DamagedBytes extends ByteProvenance {
  /** Kernel address of the first of them. */
  readonly address: string;
  readonly length: number;
  /** The operation whose mistake it was. */
  readonly op: number;
  /** What they were before the mistake: the part of an object or slab that was damaged. */
  readonly field: string;
}

interface DamageRequest {
  /** Knows the case. */
  readonly shadow: Shadow;
  readonly judgement: Judgement;
  readonly image: ProgramImage;
  /** Follows the case once more; its own shadow is overwritten. */
  readonly judge: Judge;
}

export function damagedBytes({ shadow, judgement, image, judge }: DamageRequest): DamagedBytes[] {
  const { damage, shownAt } = judgement;
  if (damage === undefined) return [];
  const before = shownAt === NEVER ? damage.op + 1 : Math.max(shownAt, damage.op + 1);
  const changed = damage.segments.filter((segment) => segment.changed).slice(0, SEGMENTS_MAX);
  const starts = changed.map((segment) => firstChanged(shadow, damage.op, segment));
  const provenance = new Provenance(judge, image);
  return changed.map((segment, i) => ({
    address: addressText(shadow, segment.first),
    length: segment.end - segment.first,
    op: damage.op,
    field: REGION_NAMES[segment.region],
    ...provenance.at(starts[i], before),
  }));
}

/** The first byte of a stretch that the mistake gave another value. */
function firstChanged(shadow: Shadow, op: number, segment: Segment): number {
  const evidence = shadow.evidenceFor(op);
  if (evidence === undefined) return segment.first;
  for (let at = segment.first; at < segment.end; at++) {
    const i = at - evidence.at;
    if (evidence.before[i] !== evidence.after[i]) return at;
  }
  return segment.first;
}

function addressText({ machine }: Shadow, offset: number): string {
  const low = machine.ramLow + offset;
  const high = machine.ramHigh + Math.floor(low / 2 ** 32);
  return (high >>> 0).toString(16).padStart(8, "0") + (low >>> 0).toString(16).padStart(8, "0");
}
