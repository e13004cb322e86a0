// All wild programs in both orders, and on two builds; test/checks/golden/again.test.ts runs some.
import { expect, it } from "vitest";
import { answersOf, differencesOf, playersOf } from "../checks/golden/again.ts";

const players = playersOf(() => true);
const forwards = answersOf(players, false);

it("every program gets the same answer, whatever ran before it", () => {
  expect(differencesOf(forwards, answersOf([...players].reverse(), true))).toEqual([]);
  expect(forwards.size).toBe(players.reduce((sum, { count }) => sum + count, 0));
});

it("every program gets the same answer from a build whose data lies elsewhere", () => {
  expect(differencesOf(forwards, answersOf(players, false, "mutable"))).toEqual([]);
});
