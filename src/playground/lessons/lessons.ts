// The lessons, in their order.
import type { Lesson } from "../lesson.ts";

export const LESSONS: readonly Lesson[] = [];
