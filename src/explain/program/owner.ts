// How the cache of a report is made and used in a script.

import { SLUB_RED_ACTIVE } from "../../abi.ts";
import type { Report } from "../report.ts";
import { CACHE_LINE, type ReplayKernel } from "./replay_kernel.ts";

export interface Owner {
  /** The line that makes the cache; empty for kmalloc(). */
  readonly made: string;
  readonly alloc: (slot: string) => string;
  readonly free: (target: string) => string;
  readonly validate: string;
  readonly name: string;
}

const NAME = /^[!-~]{1,64}$/;
const SIZE_UNKNOWN = 64;

/** The owner of objects of a report; `size` stands in where the report does not say it. */
export function ownerOf(
  report: Report,
  kernel: ReplayKernel,
  size = sizeFor(report, kernel),
): Owner {
  const { objectSize = size } = report;
  if (isKmalloc(report)) {
    const asked = askedOf({ ...report, objectSize });
    return {
      made: "",
      alloc: (slot) => `kmalloc ${asked} ${slot}`,
      free: (target) => `kfree ${target}`,
      validate: "kvalidate o",
      name: "",
    };
  }
  const name = nameFor(report);
  return {
    made: `cache ${name} ${objectSize} ${alignFor(report, objectSize, kernel)} -`,
    alloc: (slot) => `alloc ${name} ${slot}`,
    free: (target) => `free ${name} ${target}`,
    validate: `validate ${name}`,
    name,
  };
}

/** The size of a report, or one of which our slab holds as many objects as that of the log. */
export function sizeFor({ slabObjects, objectSize }: Report, kernel: ReplayKernel): number {
  if (objectSize !== undefined) return objectSize;
  if (slabObjects === undefined) return SIZE_UNKNOWN;
  return kernel.sizeWith(({ objects }) => objects === slabObjects) ?? SIZE_UNKNOWN;
}

/** Where a slab holds fewer objects than their size says, they are aligned to cache lines. */
function alignFor({ slabObjects }: Report, size: number, kernel: ReplayKernel): number {
  const fits = (align: number): boolean => kernel.measure(size, align)?.objects === slabObjects;
  return slabObjects !== undefined && !fits(0) && fits(CACHE_LINE) ? CACHE_LINE : 0;
}

/** The name of the cache in scripts; empty for kmalloc(). */
export function nameFor(report: Report): string {
  const { cache } = report;
  if (isKmalloc(report)) return "";
  return cache !== undefined && NAME.test(cache) ? cache : "box";
}

/** A cache of kmalloc() that outlives its objects; in the report of a destroyed one it is not. */
function isKmalloc({ cache, check }: Report): boolean {
  return cache?.startsWith("kmalloc-") === true && check !== "remaining";
}

/** What was asked for ends where the object's red zone begins, or with the object. */
function askedOf({ rows, damage, objectSize = SIZE_UNKNOWN, check }: Report): number {
  const offset = damage.at(0)?.offset ?? 0;
  if (check === "kmalloc-redzone") return offset > 0 && offset < objectSize ? offset : objectSize;
  const bytes = rows.filter(({ section }) => section === "Object").flatMap((row) => row.bytes);
  if (bytes.length !== objectSize) return objectSize;
  const slack = damage.filter(({ role }) => role === "kmalloc red zone");
  const isWrong = (at: number): boolean =>
    slack.some(({ offset, length }) => offset! <= at && at < offset! + length);
  let asked = objectSize;
  while (asked > 0 && (bytes[asked - 1] === SLUB_RED_ACTIVE || isWrong(asked - 1))) asked -= 1;
  return asked;
}
