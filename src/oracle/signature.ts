// The text of a signature: cause, damaged field, operation that showed it, symptom. Stable across
// seeds and layouts; findings with one signature are one bug.
//
//   off-by-one|right-redzone|free|Right Redzone overwritten
import { Op } from "../abi.ts";
import type { ProgramImage } from "../program/image.ts";
import { symptomWords } from "./symptom.ts";
import { FIELD_NAMES, type Judgement, NEVER, type Verdict } from "./verdict.ts";

/** Operation number for a case that nothing showed. */
const SILENT = 63;

/** The kind of operation that showed a case. */
export function opWordOf(image: ProgramImage, judgement: Judgement): number {
  if (judgement.shownAt === NEVER) return SILENT;
  if (judgement.shownAt >= image.opCount) return SILENT;
  return image.words[4 * judgement.shownAt] & 0xff;
}

export function signatureText(judgement: Judgement, opWord: number): string {
  const where = opWord === SILENT ? "-" : wordOfOp(opWord);
  const symptom = qualified(judgement.verdict, symptomWords(judgement.symptom));
  return [judgement.cause, FIELD_NAMES[judgement.field], where, symptom].join("|");
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
      return `${verdict}: ${words}`;
    default:
      return words;
  }
}
