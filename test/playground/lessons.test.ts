// The lessons: each program shows what its sentences say, and each question accepts a right answer
// and refuses wrong ones.
import { describe, expect, it } from "vitest";
import { LESSONS } from "../../src/playground/lessons/lessons.ts";
import { Session } from "../../src/playground/session.ts";
import "../../src/targets/core_files.ts";
import { ANSWERS } from "./answers.ts";

const session = new Session();
const numbered = LESSONS.map((lesson, i) => [lesson.title, i + 1, lesson] as const);

it("each of the eight lessons has two questions with answers", () => {
  expect(LESSONS.length).toBe(8);
  expect(ANSWERS.map((questions) => questions.length)).toEqual(LESSONS.map(() => 2));
});

/** What sentences of lessons claim of results, by lesson and operation. */
const CLAIMS: readonly (readonly [lesson: number, op: number, result: RegExp])[] = [
  [1, 4, /o1 /],
  [1, 5, /o0 /],
  [2, 0, /^size=80 /],
  [3, 5, /new$/],
  [4, 6, /o0 /],
  [4, 7, /^equal$/],
  [5, 3, /^MERGED into i915_gem_vma size=320 /],
  [5, 6, /o1 /],
  [5, 7, /^FOREIGN XXXTBL\+24$/],
  [5, 8, /^ok$/],
  [6, 2, /; [^;]* o63 [^;]*$/],
  [6, 4, /gone:victim\/s0$/],
  [6, 7, /^4142434445464748$/],
  [7, 5, /^4142434445464748$/],
  [8, 0, / sheaf_capacity=60 /],
  [8, 1, /^c\/s0 o59 [^;]*; c\/s0 o58 /],
  [8, 3, /cpu0-main:\[57\/60 s0=59,55,/],
  [8, 6, /s0=59,58,59,/],
  [8, 10, /^equal$/],
];

it("sentences of the lessons claim what operations answer", () => {
  const results = LESSONS.map(({ program }) => session.run(program).trace.ops);
  const wrong = CLAIMS.filter(
    ([lesson, op, result]) => !result.test(results[lesson - 1][op].result),
  );
  expect(wrong).toEqual([]);
});

it("the letters of lesson 2 make an object of 60 bytes larger by 16", () => {
  const without = LESSONS[1].program.replace(" slub_debug=FZ", "");
  expect(session.run(without).trace.ops[0].result).toMatch(/^size=64 /);
});

describe.each(numbered)("the lesson %j", (_, number, lesson) => {
  it("has sentences for operations that its program has", () => {
    const { trace } = session.run(lesson.program);
    const steps = Object.keys(lesson.steps).map(Number);
    expect(steps.length).toBeGreaterThan(2);
    expect(steps.filter((op) => op >= trace.ops.length)).toEqual([]);
  });

  it.each([0, 1])("accepts the right answer to question %i", (question) => {
    const { right } = ANSWERS[number - 1][question];
    expect(session.answered(right(lesson.program), number, question)).toBeUndefined();
  });

  it.each([0, 1])("refuses three wrong answers to question %i, each with a reason", (question) => {
    const { wrong } = ANSWERS[number - 1][question];
    const reasons = wrong.map((change) => {
      return session.answered(change(lesson.program), number, question);
    });
    expect(reasons).toEqual(wrong.map(() => expect.stringMatching(/^\S.*[^.]$/)));
    expect(new Set(wrong.map((change) => change(lesson.program))).size).toBe(3);
  });
});
