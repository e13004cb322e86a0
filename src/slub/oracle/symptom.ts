// How a case showed, as one number that can be compared and counted, and as words. The words are
// the kernel's, without what differs from run to run and from profile to profile: two cases of one
// bug must read the same.
//
//   number = type << 10 | code << 5 | detail        13 bits
import { EventKind, FaultKind, Fn, Line, Report, Section, Warning } from "../../abi.ts";
import type { SymptomParts } from "../../target/signature.ts";
import { IMPACTS, type Impact } from "../../target/verdict.ts";
import type { KernelReport } from "./kernel_report.ts";
import { INVARIANT_NAMES, type Invariant } from "./violation.ts";

const Type = { SILENCE: 0, BUG: 1, WARN: 2, LINE: 3, FAULT: 4, INVARIANT: 5, SURPRISE: 6 } as const;

export function symptomOfSilence(impact: Impact): number {
  return numberOf(Type.SILENCE, IMPACTS.indexOf(impact), 0);
}

export function symptomOfReport(report: KernelReport): number {
  return numberOf(typeOf(report), report.code, report.section);
}

export function symptomOfFault(kind: FaultKind, where: Fn): number {
  return numberOf(Type.FAULT, kind, where);
}

export function symptomOfInvariant(invariant: Invariant): number {
  const index = INVARIANT_NAMES.indexOf(invariant);
  return numberOf(Type.INVARIANT, index >> 5, index);
}

/** A report where there should be none. */
export function symptomOfSurprise(report: KernelReport): number {
  if (report.kind !== EventKind.BUG) return symptomOfInvariant("unexpected-report");
  return numberOf(Type.SURPRISE, report.code, report.section);
}

function numberOf(type: number, code: number, detail: number): number {
  return (type << 10) | ((code & 31) << 5) | (detail & 31);
}

function typeOf(report: KernelReport): number {
  if (report.kind === EventKind.BUG) return Type.BUG;
  return report.kind === EventKind.WARN ? Type.WARN : Type.LINE;
}

/** A symptom as signatures tell it. */
export function symptomOf(symptom: number): Pick<SymptomParts, "rule" | "words"> {
  const code = (symptom >> 5) & 31;
  const detail = symptom & 31;
  switch (symptom >> 10) {
    case Type.SURPRISE:
      return { rule: broken("unexpected-report"), words: bugWords(code, detail) };
    case Type.INVARIANT:
      return { rule: broken(INVARIANT_NAMES[(code << 5) | detail]), words: "" };
    default:
      return { words: symptomWords(symptom) };
  }
}

function broken(name: Invariant) {
  return { verdict: "invariant", name } as const;
}

function symptomWords(symptom: number): string {
  const code = (symptom >> 5) & 31;
  const detail = symptom & 31;
  switch (symptom >> 10) {
    case Type.SILENCE:
      return IMPACTS[code];
    case Type.BUG:
      return bugWords(code, detail);
    case Type.WARN:
      return warningWords(code);
    case Type.LINE:
      return plainWords(Line[code] ?? "line");
    default:
      return faultWords(code, detail);
  }
}

/** What the byte checks call the parts of an object, since 5.13. */
export const SECTION_WORDS: Readonly<Record<Section, string>> = {
  [Section.NONE]: "Bytes",
  [Section.LEFT_REDZONE]: "Left Redzone",
  [Section.RIGHT_REDZONE]: "Right Redzone",
  [Section.KMALLOC_REDZONE]: "kmalloc Redzone",
  [Section.ALIGNMENT_PADDING]: "Alignment padding",
  [Section.POISON]: "Poison",
  [Section.END_POISON]: "End Poison",
  [Section.OBJECT_PADDING]: "Object padding",
  [Section.SLAB_PADDING]: "slab padding",
};

const BUG_WORDS: Partial<Record<Report, string>> = {
  [Report.FREEPOINTER_CORRUPT]: "Freepointer corrupt",
  [Report.FREECHAIN_CORRUPT]: "Freechain corrupt",
  [Report.OBJECT_ALREADY_FREE]: "Object already free",
  [Report.FREELIST_POINTER_CHECK_FAILS]: "Freelist Pointer check fails",
  [Report.PAGE_SLAB_POINTER_CORRUPT]: "page slab pointer corrupt",
  [Report.NOT_A_VALID_SLAB_PAGE]: "Not a valid slab page",
  [Report.OBJECTS_EXCEED_MAX]: "objects > max",
  [Report.INUSE_EXCEEDS_MAX]: "inuse > max",
  [Report.SLAB_DISABLED]: "Slab disabled",
  [Report.WRONG_NUMBER_OF_OBJECTS]: "Wrong number of objects",
  [Report.WRONG_OBJECT_COUNT]: "Wrong object count",
  [Report.INVALID_OBJECT_POINTER]: "Invalid object pointer",
  [Report.OUTSIDE_OF_SLAB]: "Attempt to free object outside of slab",
  [Report.NO_SLAB_CACHE]: "No slab cache for object",
  [Report.BULK_FREELIST_COUNT]: "Bulk freelist count invalid",
  [Report.TOO_MANY_TO_FREE]: "Slab has fewer allocated objects than are to be freed",
  [Report.BULK_FREE_COUNT]: "Bulk free count",
  [Report.PADDING_OVERWRITTEN]: "Padding overwritten",
  [Report.OBJECTS_REMAINING]: "Objects remaining",
  [Report.FREELIST_CYCLE]: "Freelist cycle detected",
};

const WARNING_WORDS: Partial<Record<Warning, string>> = {
  [Warning.WRONG_SLAB_CACHE]: "Wrong slab cache",
  [Warning.NOT_A_SLAB_PAGE]: "Object is not a Slab page",
  [Warning.FREE_LARGE_ORDER0]: "free of a page that is no slab",
  [Warning.ACQUIRED_EMPTY_SLAB]: "acquired a slab without free objects",
  [Warning.ZEROED_CTOR]: "zeroed allocation with a constructor",
  [Warning.CACHE_STILL_HAS_OBJECTS]: "Slab cache still has objects",
};

/** Which of its tests a list check failed depends on the layout. */
function warningWords(code: Warning): string {
  const words = WARNING_WORDS[code];
  if (words !== undefined) return words;
  return code >= Warning.LIST_DEL_NEXT_NULL ? "list_del corruption" : "list_add corruption";
}

function bugWords(code: Report, section: Section): string {
  if (code === Report.OVERWRITTEN || code === Report.OBJECT_CORRUPT) {
    return `${SECTION_WORDS[section]} overwritten`;
  }
  return BUG_WORDS[code] ?? plainWords(Report[code] ?? "report");
}

/**
 * Where the function does not matter to the words it is given all the same: it is part of the
 * cause.
 */
function faultWords(kind: FaultKind, where: Fn): string {
  const place = where === Fn.NONE ? "" : ` in ${(Fn[where] ?? "").toLowerCase()}`;
  return `${faultName(kind)}${place}`;
}

function faultName(kind: FaultKind): string {
  switch (kind) {
    case FaultKind.PAGE_READ:
      return "page fault (read)";
    case FaultKind.PAGE_WRITE:
      return "page fault (write)";
    case FaultKind.PROTECTION:
      return "general protection fault";
    case FaultKind.HANG:
      return "endless loop";
    case FaultKind.DIVIDE:
      return "divide error";
    default:
      return "kernel BUG";
  }
}

function plainWords(name: string): string {
  return name.toLowerCase().replaceAll("_", " ");
}
