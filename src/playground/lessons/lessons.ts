// The lessons, in their order.
import { UserError } from "../../base/user_error.ts";
import type { Lesson } from "../lesson.ts";
import { CROSS_CACHE } from "./cross_cache.ts";
import { DOUBLE_FREE } from "./double_free.ts";
import { FREE_LIST } from "./free_list.ts";
import { HIDING } from "./hiding.ts";
import { MERGING } from "./merging.ts";
import { POISON } from "./poison.ts";
import { RED_ZONES } from "./red_zones.ts";
import { SHEAVES_OF_7_3 } from "./sheaves.ts";

/** `slabfuzz teach N` counts them from 1. */
export const LESSONS: readonly Lesson[] = [
  FREE_LIST,
  RED_ZONES,
  POISON,
  DOUBLE_FREE,
  MERGING,
  CROSS_CACHE,
  HIDING,
  SHEAVES_OF_7_3,
];

/** The lesson of a number; throws a UserError for one that does not exist. */
export function lessonOf(number: number): Lesson {
  const lesson = LESSONS[number - 1];
  if (lesson !== undefined) return lesson;
  throw new UserError(`there is no lesson ${number}: they have the numbers 1 to ${LESSONS.length}`);
}
