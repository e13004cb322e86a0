// What a report is about that has lost its words, and which report a line of the crash tool is of.
import { poisonOf } from "../damage/word.ts";
import type { Report } from "../report.ts";
import type { Title } from "../wording.ts";
import { isOfListDebug } from "./crash.ts";

/** What a warning or a BUG() at this place of the kernel's source says; undefined for others. */
export function titleOfPlace(file: string, fn: string | undefined): Title | undefined {
  if (isOfListDebug(file)) return { check: "list", kind: listKindOf(fn ?? "") };
  const isOfCache = file === "mm/slab.h" && /^(?:kmem_cache_free|cache_from_obj)\b/.test(fn ?? "");
  return isOfCache ? { check: "wrong-cache", kind: "Wrong slab cache" } : undefined;
}

/** Which check of lists a function is. */
export function listKindOf(fn: string): string {
  if (/list_add/.test(fn)) return "list_add corruption";
  return /list_del/.test(fn) ? "list_del corruption" : "list corruption";
}

/** Whether a line of one report says nothing that a report before it does not say. */
export function isRepeated(report: Report, reports: readonly Report[]): boolean {
  const { kind, check, cache, freePointer, isOfDump } = report;
  const ofCache = reports.filter((other) => other.cache === cache);
  if (check === "remaining") return ofCache.length > 0;
  return (
    isOfDump && ofCache.some((other) => other.kind === kind && other.freePointer === freePointer)
  );
}

const NEAR = 4096n;

/** The crash that followed the free pointer which the crash tool calls invalid. */
export function crashOn({ freePointer }: Report, reports: readonly Report[]): Report | undefined {
  if (freePointer === undefined) return undefined;
  return reports.find(({ check, faultAddress, registers }) => {
    if (check !== "alloc-oops") return false;
    const isHeld = [...registers.values()].includes(freePointer);
    const distance = faultAddress === undefined ? NEAR : faultAddress - freePointer;
    return isHeld || (distance >= 0n && distance < NEAR);
  });
}

/** Whether a machine that died elsewhere held the address of memory that nobody may use. */
export function holdsPoison({ registers }: Report): boolean {
  return [...registers.values()].some(
    (value) => value > 0xffffffffn && poisonOf(value) !== undefined,
  );
}
