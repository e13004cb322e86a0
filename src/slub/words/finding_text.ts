// A finding in words, for report.txt: what the program did wrong, what it did to which bytes, which
// option could have seen it and when, and what the kernel said about it.

import { Letter } from "../../abi.ts";
import { counted } from "../../base/count_text.ts";
import { hex8 } from "../../base/hex.ts";
import type { Damage, Expectation, Segment } from "../oracle/damage.ts";
import type { Evidence } from "../oracle/machine.ts";
import { REGION_NAMES } from "../oracle/region.ts";
import type { Shadow } from "../oracle/shadow.ts";
import { type Sight, sightsOf } from "../oracle/sight.ts";
import { NONE } from "../oracle/slabs.ts";
import type { Judgement } from "../oracle/verdict.ts";
import { INVARIANTS, type Violation } from "../oracle/violation.ts";
import type { Machine } from "../program/machine.ts";
import type { Program } from "../program/op.ts";
import { printOp } from "../program/syntax.ts";
import type { DamagedBytes } from "../run/damage_record.ts";
import type { ReplayStep } from "../run/replay.ts";
import { endingLines, opLines, transcriptOf } from "./transcript.ts";

const DAMAGES_SHOWN = 4;
const VIOLATIONS_SHOWN = 8;

interface ExplainedFinding {
  readonly signature: string;
  readonly judgement: Judgement;
  readonly shadow: Shadow;
  readonly program: Program;
  /** Who wrote the damaged bytes. */
  readonly damaged: readonly DamagedBytes[];
}

/** Explains a finding by what the shadow knows. */
export function explanationLines(finding: ExplainedFinding): string[] {
  const { signature, judgement, shadow, program, damaged } = finding;
  const lines = [
    `signature: ${signature}`,
    `verdict:   ${judgement.verdict}`,
    `impact:    ${judgement.impact}`,
    "",
  ];
  for (const damage of shadow.damages.slice(0, DAMAGES_SHOWN)) {
    lines.push(...damageLines(shadow, program, damage));
  }
  for (const { op } of shadow.misuses.slice(0, DAMAGES_SHOWN)) {
    lines.push(`op ${op} (${textOf(program, op)}) is at fault by itself, whatever came of it`);
  }
  for (const bytes of damaged) lines.push(writerText(program, bytes));
  if (judgement.expected !== undefined) lines.push(expectedText(program, judgement.expected));
  const broken = shadow.violations.slice(0, VIOLATIONS_SHOWN);
  for (const violation of broken) lines.push(...violationLines(program, violation));
  return lines;
}

/** The whole run, with the kernel's log. */
export function runLines(
  machine: Machine,
  program: Program,
  steps: Iterable<ReplayStep>,
): string[] {
  const ops = transcriptOf(machine, steps);
  return [...ops.flatMap(opLines), "", ...endingLines(ops, program.ops.length)];
}

function writerText(program: Program, { field, lastWriter, isLive }: DamagedBytes): string {
  const whose = isLive ? "a live object" : "a free object";
  if (lastWriter === undefined) return `  no operation wrote ${field} of ${whose}`;
  const { op, role } = lastWriter;
  return `  last writer of ${field} of ${whose}: op ${op} (${textOf(program, op)}), as ${role}`;
}

function expectedText(program: Program, { op, words }: Expectation): string {
  return `expected to be seen at op ${op} (${textOf(program, op)}): "${words}"`;
}

function damageLines(shadow: Shadow, program: Program, damage: Damage): string[] {
  const sights = sightsOf(shadow, damage);
  return [
    `op ${damage.op} (${textOf(program, damage.op)}) is a mistake: ${damage.cause}`,
    ...damage.segments.map((segment) => `  ${segmentText(shadow, segment)}`),
    ...(damage.kind === "free" ? [`  the free was ${damage.refused ? "refused" : "done"}`] : []),
    sights.length === 0 ? "  no option in force looks there" : "  in force, and looking there:",
    ...sights.map((sight) => `    ${sightText(sight)}`),
  ];
}

function segmentText(shadow: Shadow, segment: Segment): string {
  const bytes = counted(segment.end - segment.first, "byte");
  const changed = segment.changed ? "" : ", which did not change";
  return `${bytes} of ${REGION_NAMES[segment.region]}, ${ownerText(shadow, segment)}${changed}`;
}

function ownerText(shadow: Shadow, segment: Segment): string {
  if (segment.slab === NONE) return "in no slab";
  if (segment.cell === NONE) return "behind the last object of a slab";
  const index = segment.cell - shadow.slabs.firstCell(segment.slab);
  if (segment.object === NONE) return `of free object ${index} of its slab`;
  const own = segment.isOwn ? "the object itself" : "another live object";
  return `of ${own}, number ${index} of its slab, obtained at op ${bornAt(shadow, segment)}`;
}

function bornAt(shadow: Shadow, segment: Segment): number {
  return shadow.objects.bornAt(segment.object);
}

function sightText({ letter, when, words }: Sight): string {
  const option = lettersText(letter);
  return `${option === "" ? "always" : option}: at ${occasion(when)}, "${words}"`;
}

function occasion(when: Sight["when"]): string {
  return when === "operation" ? "any operation on the slab" : when;
}

function lettersText(letters: number): string {
  const names: readonly (readonly [number, string])[] = [
    [Letter.F, "F"],
    [Letter.Z, "Z"],
    [Letter.P, "P"],
    [Letter.U, "U"],
    [Letter.T, "T"],
  ];
  return names.map(([bit, name]) => ((letters & bit) !== 0 ? name : "")).join("");
}

function violationLines(program: Program, violation: Violation): string[] {
  const { invariant, op, found, expected } = violation;
  const numbers = found === expected ? "" : ` (found ${found}, expected ${expected})`;
  const where = op < program.ops.length ? `op ${op} (${textOf(program, op)})` : "at the end";
  return [`${where} breaks ${invariant}: ${INVARIANTS[invariant].says}${numbers}`];
}

function textOf(program: Program, op: number): string {
  return printOp(program.ops[op]);
}

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
