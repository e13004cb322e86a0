// A program of a module, replayed: what each operation came to, and the rule that was broken, in
// words.
import type { ForeignEngine } from "./engine.ts";
import type { Blocks } from "./judge/blocks.ts";
import type { ForeignJudge } from "./judge/judge.ts";
import type { ForeignOutcome } from "./judge/outcome.ts";
import { type BrokenRule, RULE_ABOUT } from "./judge/rule.ts";
import type { Binding } from "./load/binding.ts";
import { type ForeignOp, imageOf, isMisuse } from "./program/op.ts";
import { type ForeignProgram, printForeignOp, slotName } from "./program/text.ts";

export interface ForeignReplay {
  readonly steps: readonly ForeignStep[];
  readonly verdict: string;
  readonly signature: string;
  readonly impact: string;
  readonly digest: string;
  readonly ran: number;
  /** The rule that was broken, in words; none where none was. */
  readonly explanation: readonly string[];
  readonly ending: string;
}

/**
 * Runs a program; `begin` is called before each operation. Where contents changed, the program runs
 * once more, and all contents are looked at after each operation: that tells which one did it. The
 * verdict is that of the first run, which looks no more often than a campaign does.
 */
export function replayForeign(
  engine: ForeignEngine,
  program: ForeignProgram,
  begin?: (index: number) => void,
): ForeignReplay {
  const { ops, bug } = program;
  const steps: ForeignStep[] = [];
  const outcome = engine.runProgram(imageOf(ops), bug, {
    before: begin,
    after: (index, judge) => steps.push(stepOf(ops[index], index, judge)),
  });
  return {
    steps,
    verdict: engine.verdict,
    signature: engine.signature.text,
    impact: engine.impact,
    digest: engine.digest,
    ran: outcome.ran,
    ending: endingLine(outcome, ops.length),
    explanation: explanationOf(engine, program, outcome),
  };
}

function explanationOf(
  engine: ForeignEngine,
  program: ForeignProgram,
  { violation }: ForeignOutcome,
): readonly string[] {
  if (violation === undefined) return [];
  const lines = violationLines(violation, engine.judge, program.ops);
  if (violation.rule !== "contents-changed") return lines;
  const changedAt = changeOf(engine, program);
  if (changedAt === undefined) return lines;
  return [
    ...lines,
    `  it changed during op ${changedAt}: ${printForeignOp(program.ops[changedAt])}`,
  ];
}

/** The operation after which the contents of some live block were not as before. */
function changeOf(engine: ForeignEngine, { ops, bug }: ForeignProgram): number | undefined {
  const { violation } = engine.runProgram(imageOf(ops), bug, {
    after: (_, judge) => {
      if (!judge.wasSkipped) judge.checkAll();
    },
  });
  const isSeen = violation?.rule === "contents-changed" && violation.at >= 0;
  return isSeen ? violation.at : undefined;
}

/** The replay as lines. */
export function replayLines(replay: ForeignReplay): string[] {
  const { steps, explanation, ending, signature, verdict, impact } = replay;
  const end = explanation.length === 0 ? [] : ["", ...explanation, ""];
  const verdictLine = verdict === "ok" ? "verdict: ok" : `${verdict}: ${signature} (${impact})`;
  return [...steps.map(stepLine), ...end, ending, verdictLine];
}

/** An operation that ran. */
export interface ForeignStep {
  readonly index: number;
  readonly text: string;
  readonly result: string;
}

const REFUSED: readonly string[] = ["alloc", "zalloc", "resize"];

function stepOf(op: ForeignOp, index: number, judge: ForeignJudge): ForeignStep {
  return { index, text: printForeignOp(op), result: resultText(op, judge) };
}

export function resultText(
  { op, slot }: ForeignOp,
  { result, blocks, wasSkipped, guest }: ForeignJudge,
): string {
  if (wasSkipped) return `left out, ${whyLeftOut(op, guest.plan.binding)}`;
  if (op === "cycle")
    return result === 0 ? "memory did not grow" : `memory grew by ${result} bytes`;
  if (isMisuse(op)) return "a mistake of the program";
  if (!REFUSED.includes(op)) return "done";
  return result === 0 ? "refused" : addressText(result, slot < 0 ? 0 : blocks.size[slot]);
}

/** What an operation calls that not every allocator has. */
function whyLeftOut(op: ForeignOp["op"], { calloc, realloc, free }: Binding): string {
  if (op === "zalloc" && calloc === undefined) return "the module has no calloc";
  if (op === "resize" && realloc === undefined) return "the module has no realloc";
  if (op === "free" && free === undefined) return "the module has no free";
  if (op === "cycle") return "its rounds cannot be played here";
  const isTaken = op === "alloc" || op === "zalloc";
  return isTaken ? "its block is there already" : "there is no such block";
}

/** `0x1040..0x1058`. */
function addressText(pointer: number, size: number): string {
  return `${hex(pointer)}..${hex(pointer + size)}`;
}

function hex(address: number): string {
  return `0x${address.toString(16)}`;
}

/** `op 12: resize b0 500 => 0x1040..0x1234`. */
function stepLine({ index, text, result }: ForeignStep): string {
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
    lines.push(`  ${blockText(blocks, otherSlot)}`, `  ${changeText(violation)}`);
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
  retained: ({ size }) => [`  ${size} bytes were refused, three quarters of what the blocks took`],
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

function changeText({ offset, wanted, found }: BrokenRule): string {
  return `byte ${offset} of it was ${hex(wanted)} and is ${hex(found)}`;
}

/** What it came to. */
function endingLine({ ran, violation }: ForeignOutcome, count: number): string {
  const all = ran === count ? `all ${count} operations` : `${ran} of ${count} operations`;
  return violation === undefined ? `${all} ran, no rule was broken` : `${all} ran`;
}
