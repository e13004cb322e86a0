// The signature of a judged case: cause, damaged field, how far it reached, and the symptom with
// the operation that showed it.
import { Op } from "../../abi.ts";
import { type Signature, signatureOf } from "../../target/signature.ts";
import type { Verdict } from "../../target/verdict.ts";
import type { ProgramImage } from "../program/image.ts";
import { opOf } from "../program/record.ts";
import { symptomOf } from "./symptom.ts";
import { DAMAGED_FIELDS, type Judgement, NEVER } from "./verdict.ts";
import { INVARIANTS } from "./violation.ts";

/** Verdicts that words alone do not tell. */
const NOTED: readonly Verdict[] = ["late", "misattributed", "escaped", "blind", "masked", "misuse"];

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

export function signatureOfJudgement(judgement: Judgement, opWord: number): Signature {
  const { cause, field, propagation, verdict, symptom } = judgement;
  return signatureOf({
    cause,
    field: DAMAGED_FIELDS[field],
    reach: propagation,
    symptom: {
      note: NOTED.includes(verdict) ? verdict : undefined,
      ...symptomOf(symptom),
      at: opWord === SILENT ? undefined : wordOfOp(opWord),
    },
  });
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
