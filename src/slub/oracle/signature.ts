// The text of a signature: cause, damaged field, how far it reached, and the symptom with the
// operation that showed it. Stable across seeds and layouts (no address, name or number is in it);
// findings with one signature are one bug.
//
//   off-by-one|right-redzone|own-cell|Right Redzone overwritten at free
import { Op } from "../../abi.ts";
import type { Verdict } from "../../target/verdict.ts";
import type { ProgramImage } from "../program/image.ts";
import { opOf } from "../program/record.ts";
import { symptomWords } from "./symptom.ts";
import { DAMAGED_FIELDS, type Judgement, NEVER } from "./verdict.ts";
import { INVARIANTS } from "./violation.ts";

/** Operation number for a case that nothing showed. */
const SILENT = 63;

/** The kind of operation that showed a case: none, where it showed when everything was counted. */
export function opWordOf(image: ProgramImage, judgement: Judgement): number {
  if (judgement.shownAt === NEVER || isCounted(judgement)) return SILENT;
  if (judgement.shownAt >= image.opCount) return SILENT;
  return opOf(image.words, judgement.shownAt);
}

function isCounted({ verdict, report, violation }: Judgement): boolean {
  if (
    (verdict !== "invariant" && verdict !== "misuse") ||
    report !== undefined ||
    violation === undefined
  )
    return false;
  return INVARIANTS[violation.invariant].cost !== "answer";
}

export function signatureText(judgement: Judgement, opWord: number): string {
  const words = qualified(judgement.verdict, symptomWords(judgement.symptom));
  const symptom = opWord === SILENT ? words : `${words} at ${wordOfOp(opWord)}`;
  const field = DAMAGED_FIELDS[judgement.field];
  return [judgement.cause, field, judgement.propagation, symptom].join("|");
}

/** Several at once are one kind of thing. */
function wordOfOp(op: number): string {
  switch (op) {
    case Op.ALLOC:
    case Op.ALLOC_N:
    case Op.BULK_ALLOC:
    case Op.KMALLOC:
      return "alloc";
    case Op.FREE:
    case Op.FREE_N:
    case Op.BULK_FREE:
    case Op.KFREE:
      return "free";
    case Op.VALIDATE:
    case Op.KVALIDATE:
      return "validate";
    default:
      return (Op[op] ?? "op").toLowerCase().replaceAll("_", "-");
  }
}

function qualified(verdict: Verdict, words: string): string {
  switch (verdict) {
    case "late":
    case "misattributed":
      return `${words} (${verdict})`;
    case "escaped":
    case "blind":
    case "masked":
    case "misuse":
      return `${verdict}: ${words}`;
    default:
      return words;
  }
}
