// What a program did on a foreign allocator, in words: each operation with what came back, and the
// rule that was broken, with the blocks that broke it.
import type { Blocks } from "./judge/blocks.ts";
import { comparedByte } from "./judge/contents.ts";
import type { ForeignJudge, ForeignOutcome } from "./judge/judge.ts";
import { type BrokenRule, RULE_ABOUT } from "./judge/rule.ts";
import { type ForeignOp, isMisuse } from "./program/op.ts";
import { printForeignOp, slotName } from "./program/text.ts";

/** An operation that ran. */
export interface ForeignStep {
  readonly index: number;
  readonly text: string;
  readonly result: string;
}

const REFUSED: readonly string[] = ["alloc", "zalloc", "resize"];

export function stepOf(op: ForeignOp, index: number, judge: ForeignJudge): ForeignStep {
  return { index, text: printForeignOp(op), result: resultText(op, judge) };
}

function resultText({ op, slot }: ForeignOp, { result, blocks, wasSkipped }: ForeignJudge): string {
  if (wasSkipped) return "left out, there is no such block";
  if (op === "cycle")
    return result === 0 ? "memory did not grow" : `memory grew by ${result} bytes`;
  if (isMisuse(op)) return "a mistake of the program";
  if (!REFUSED.includes(op)) return "done";
  return result === 0 ? "refused" : addressText(result, slot < 0 ? 0 : blocks.size[slot]);
}

/** `0x1040..0x1058`. */
function addressText(pointer: number, size: number): string {
  return `${hex(pointer)}..${hex(pointer + size)}`;
}

function hex(address: number): string {
  return `0x${address.toString(16)}`;
}

/** `op 12: resize b0 500 => 0x1040..0x1234`. */
export function stepLine({ index, text, result }: ForeignStep): string {
  return `op ${index}: ${text} => ${result}`;
}

/** The rule that was broken, in a sentence or two. */
export function violationLines(
  violation: BrokenRule,
  { blocks, guest }: ForeignJudge,
  ops: readonly ForeignOp[],
): string[] {
  const { rule, at, otherSlot } = violation;
  const where = at < 0 ? "after the last operation" : `op ${at}: ${printForeignOp(ops[at])}`;
  const lines = [`${rule}: ${RULE_ABOUT[rule]}`, `  at ${where}`];
  lines.push(...DETAILS[rule](violation, guest.bytes.length));
  const isItself = rule === "contents-changed" || rule === "stored-into-block";
  if (otherSlot >= 0 && !isItself) {
    lines.push(`  which shares bytes with ${blockText(blocks, otherSlot)}`);
  }
  if (rule === "stored-into-block") lines.push(`  the block is ${blockText(blocks, otherSlot)}`);
  if (rule === "contents-changed") {
    lines.push(`  ${blockText(blocks, otherSlot)}`, `  ${changeText(violation, blocks, guest)}`);
  }
  return lines;
}

type Detail = (violation: BrokenRule, memoryBytes: number) => string[];

const place: Detail = ({ pointer, size }) => [
  `  the block is at ${addressText(pointer, size)}, ${size} bytes`,
];
const nothing: Detail = () => [];
const said: Detail = ({ words }) => [`  it said: ${words}`];

const DETAILS: Readonly<Record<BrokenRule["rule"], Detail>> = {
  overlap: place,
  "handed-out-twice": place,
  "outside-memory": (violation, bytes) => [
    ...place(violation, bytes),
    `  memory ends at ${hex(bytes)}`,
  ],
  "granted-too-much": place,
  "below-heap": place,
  misaligned: place,
  "stored-into-block": ({ offset }) => [`  it wrote byte ${offset} of it, and perhaps more`],
  "contents-changed": nothing,
  "contents-lost": (violation, bytes) => [
    ...place(violation, bytes),
    `  its byte ${violation.offset} is not what the block held before`,
  ],
  "not-zeroed": (violation, bytes) => [
    ...place(violation, bytes),
    `  its byte ${violation.offset} is not zero`,
  ],
  "not-reused": ({ size, offset }) => [
    `  ${offset} rounds of ${size} bytes that were given back each time`,
  ],
  refused: ({ size }) => [`  ${size} bytes were refused`],
  abort: said,
  trap: said,
  endless: nothing,
};

function blockText(blocks: Blocks, slot: number): string {
  const [pointer, size] = [blocks.pointer[slot], blocks.size[slot]];
  const made = blocks.madeAt[slot];
  return `${slotName(slot)} at ${addressText(pointer, size)}, ${size} bytes, from op ${made}`;
}

function changeText(
  { pointer, offset, otherSlot }: BrokenRule,
  blocks: Blocks,
  guest: ForeignJudge["guest"],
): string {
  const { wanted, found } = comparedByte(guest, pointer, offset, blocks.tag[otherSlot]);
  return `byte ${offset} of it was ${hex(wanted)} and is ${hex(found)}`;
}

/** What it came to. */
export function endingLine({ ran, violation }: ForeignOutcome, count: number): string {
  const all = ran === count ? `all ${count} operations` : `${ran} of ${count} operations`;
  return violation === undefined ? `${all} ran, no rule was broken` : `${all} ran`;
}
