// No earlier program on a heap changes an answer, however wild it was: the same programs in both
// orders, through all machines, on two heaps. One wild program of 24 runs here, all of them in
// test/deep/again.deep.ts.
import { expect, it } from "vitest";
import { answersOf, differencesOf, playersOf } from "./again.ts";

const players = playersOf((number) => number % 24 === 1);
const forwards = answersOf(players, false);

it("a program gets the same answer, whatever ran before it", () => {
  expect(differencesOf(forwards, answersOf([...players].reverse(), true))).toEqual([]);
  expect(forwards.size).toBe(players.reduce((sum, { count }) => sum + count, 0));
});

it("a build whose data lies elsewhere gives the same answers, since it reads no stale data", () => {
  expect(differencesOf(forwards, answersOf(players, false, "mutable"))).toEqual([]);
});
