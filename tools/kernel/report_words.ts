// The words of 6.x and 7.x kernels for what went wrong, and which report, warning or line they are.
// Written from what kernels print and not from src/slub/words/kernels/, which says how the core is
// made to speak.
import { FaultKind, Fix, Line, Report, Section, Warning } from "../../src/abi.ts";

type Pattern<Code> = readonly [RegExp, Code];

/** What stands behind the name of the cache in a BUG line. */
const BUG_TEXTS: readonly Pattern<Report>[] = [
  [/^Padding overwritten\. /, Report.PADDING_OVERWRITTEN],
  [/ overwritten$/, Report.OVERWRITTEN],
  [/^Object corrupt$/, Report.OBJECT_CORRUPT],
  [/^Freepointer corrupt$/, Report.FREEPOINTER_CORRUPT],
  [/^Freechain corrupt$/, Report.FREECHAIN_CORRUPT],
  [/^Object already free$/, Report.OBJECT_ALREADY_FREE],
  [/^Freelist Pointer check fails$/, Report.FREELIST_POINTER_CHECK_FAILS],
  [/^page slab pointer corrupt\.$/, Report.PAGE_SLAB_POINTER_CORRUPT],
  [/^Not a valid slab page$/, Report.NOT_A_VALID_SLAB_PAGE],
  [/^objects \d+ > max \d+$/, Report.OBJECTS_EXCEED_MAX],
  [/^inuse \d+ > max \d+$/, Report.INUSE_EXCEEDS_MAX],
  [/^Slab disabled since /, Report.SLAB_DISABLED],
  [/^Wrong number of objects\. /, Report.WRONG_NUMBER_OF_OBJECTS],
  [/^Wrong object count\. /, Report.WRONG_OBJECT_COUNT],
  [/^Invalid object pointer /, Report.INVALID_OBJECT_POINTER],
  [/^Attempt to free object\(.*\) outside of slab$/, Report.OUTSIDE_OF_SLAB],
  [/^No slab cache for object /, Report.NO_SLAB_CACHE],
  [/^Bulk freelist count\(.*\) invalid\(/, Report.BULK_FREELIST_COUNT],
  [/^Slab has -?\d+ allocated objects but -?\d+ are to be freed$/, Report.TOO_MANY_TO_FREE],
  [/^Bulk free expected -?\d+ objects but found /, Report.BULK_FREE_COUNT],
  [/^Objects remaining /, Report.OBJECTS_REMAINING],
  [/^Freelist cycle detected$/, Report.FREELIST_CYCLE],
];

const SECTIONS: Readonly<Record<string, Section>> = {
  "Left Redzone": Section.LEFT_REDZONE,
  "Right Redzone": Section.RIGHT_REDZONE,
  "kmalloc Redzone": Section.KMALLOC_REDZONE,
  "Alignment padding": Section.ALIGNMENT_PADDING,
  Poison: Section.POISON,
  "End Poison": Section.END_POISON,
  "Object padding": Section.OBJECT_PADDING,
  "slab padding": Section.SLAB_PADDING,
};

/** The line above the place of a warning; warnings without one are told by their place. */
const WARNING_TEXTS: readonly Pattern<Warning>[] = [
  [/^list_add corruption\. next->prev should be prev /, Warning.LIST_ADD_NEXT_PREV],
  [/^list_add corruption\. prev->next should be next /, Warning.LIST_ADD_PREV_NEXT],
  [/^list_add double add: /, Warning.LIST_ADD_DOUBLE],
  [/^list_add corruption\. prev is NULL\.$/, Warning.LIST_ADD_PREV_NULL],
  [/^list_add corruption\. next is NULL\.$/, Warning.LIST_ADD_NEXT_NULL],
  [/^list_del corruption, .*->next is NULL$/, Warning.LIST_DEL_NEXT_NULL],
  [/^list_del corruption, .*->prev is NULL$/, Warning.LIST_DEL_PREV_NULL],
  [/^list_del corruption, .*->next is LIST_POISON1 /, Warning.LIST_DEL_POISON1],
  [/^list_del corruption, .*->prev is LIST_POISON2 /, Warning.LIST_DEL_POISON2],
  [/^list_del corruption\. prev->next should be /, Warning.LIST_DEL_PREV_NEXT],
  [/^list_del corruption\. next->prev should be /, Warning.LIST_DEL_NEXT_PREV],
  [/^cache_from_obj: Wrong slab cache\. /, Warning.WRONG_SLAB_CACHE],
  [/^virt_to_cache: Object is not a Slab page!$/, Warning.NOT_A_SLAB_PAGE],
  [/^kmem_cache_free\(.*\): object belongs to different cache /, Warning.WRONG_SLAB_CACHE],
  [/^kmem_cache_free\(.*\): object is not in a slab page$/, Warning.NOT_A_SLAB_PAGE],
  [/^kmem_cache_destroy .*: Slab cache still has objects /, Warning.CACHE_STILL_HAS_OBJECTS],
];

/** Lines that stand alone. The name of the cache, if there is one, is the first group. */
const PLAIN_LINES: readonly Pattern<Line>[] = [
  [/^SLUB (\S+): -?\d+ partial slabs counted but counter=/, Line.PARTIAL_SLABS_COUNTED],
  [/^SLUB: (\S+) -?\d+ slabs counted but counter=/, Line.SLABS_COUNTED],
  [/^SLUB: Unable to allocate memory /, Line.OUT_OF_MEMORY],
];

/** First lines of an oops. A page fault says later whether it was a write. */
const DEATHS: readonly Pattern<FaultKind>[] = [
  [/^BUG: kernel NULL pointer dereference/, FaultKind.PAGE_READ],
  [/^BUG: unable to handle page fault/, FaultKind.PAGE_READ],
  [/^(Oops: )?general protection fault/, FaultKind.PROTECTION],
  [/^(Oops: )?divide error/, FaultKind.DIVIDE],
];

const REFUSED = /^FIX \S+: Object at .* not freed$/;

function codeOf<Code>(patterns: readonly Pattern<Code>[], text: string): Code | undefined {
  return patterns.find(([pattern]) => pattern.test(text))?.[1];
}

export function reportOf(text: string): Report | undefined {
  return codeOf(BUG_TEXTS, text);
}

/** The part of an object that the text says was overwritten. */
export function sectionOf(text: string): Section {
  return SECTIONS[text.replace(/ overwritten$/, "")] ?? Section.NONE;
}

export function warningOf(text: string): Warning | undefined {
  return codeOf(WARNING_TEXTS, text);
}

export function deathOf(text: string): FaultKind | undefined {
  return codeOf(DEATHS, text);
}

/** A line that stands alone, and the cache that it names. */
export function plainLineOf(text: string): { code: Line; cache: string | undefined } | undefined {
  for (const [pattern, code] of PLAIN_LINES) {
    const match = pattern.exec(text);
    if (match !== null) return { code, cache: match[1] };
  }
  return undefined;
}

/** What was repaired, as far as it says how the operation ended. */
export function fixOf(text: string): Fix | undefined {
  return REFUSED.test(text) ? Fix.OBJECT_NOT_FREED : undefined;
}
