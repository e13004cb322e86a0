// The bytes that a mistake changed, before and after, in rows of sixteen; what changed is marked:
//
//   right-redzone, op 2
//   ffff888003c14040   cc cc cc cc cc cc cc cc
//                     >41 cc cc cc cc cc cc cc
import { hex8 } from "../../base/hex.ts";
import type { Damage, Segment } from "../oracle/damage.ts";
import type { Evidence } from "../oracle/machine.ts";
import { REGION_NAMES } from "../oracle/region.ts";
import type { Shadow } from "../oracle/shadow.ts";

const ROW_BYTES = 16;
const ROWS_MAX = 8;

/** The rows of one mistake; none where nothing was kept of what was there before. */
export function damageDump(shadow: Shadow, damage: Damage): string[] {
  const evidence = shadow.evidenceFor(damage.op);
  if (evidence === undefined) return [];
  const changed = damage.segments.filter((segment) => segment.changed);
  const rows = changed.flatMap((segment) => segmentRows(shadow, evidence, damage.op, segment));
  return rows.slice(0, 2 * ROWS_MAX);
}

function segmentRows(
  shadow: Shadow,
  evidence: Evidence,
  op: number,
  { first, end, region }: Segment,
): string[] {
  const lines = [`${REGION_NAMES[region]}, op ${op}`];
  for (let at = first - (first % ROW_BYTES); at < end; at += ROW_BYTES) {
    const address = addressText(shadow, at);
    lines.push(`${address}  ${rowText(evidence, at, evidence.before)}`.trimEnd());
    lines.push(`${" ".repeat(address.length)}  ${rowText(evidence, at, evidence.after)}`.trimEnd());
  }
  return lines;
}

function rowText(evidence: Evidence, first: number, bytes: Uint8Array): string {
  let text = "";
  for (let at = first; at < first + ROW_BYTES; at++) {
    const i = at - evidence.at;
    const isKept = i >= 0 && i < bytes.length;
    const isChanged = isKept && evidence.before[i] !== evidence.after[i];
    const mark = isChanged && bytes === evidence.after ? ">" : " ";
    text += isKept ? `${mark}${hex8(bytes[i])}` : "   ";
  }
  return text;
}

/** The kernel address of an offset of RAM. */
function addressText({ machine }: Shadow, offset: number): string {
  const low = machine.ramLow + offset;
  const high = machine.ramHigh + Math.floor(low / 2 ** 32);
  return (high >>> 0).toString(16).padStart(8, "0") + (low >>> 0).toString(16).padStart(8, "0");
}
