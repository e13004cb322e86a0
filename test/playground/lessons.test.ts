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
