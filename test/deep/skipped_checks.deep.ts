// Every place with some hundred programs of each, every wild program and every golden one, with
// checks skipped and with all made; test/slub/core/skipped_checks.test.ts plays a few.
import { expect, it } from "vitest";
import { goldenScripts } from "../../src/checks/golden/player.ts";
import { playersOf } from "../checks/golden/again.ts";
import { differencesAt, PLACES, playedBothWays } from "../helper/both_ways.ts";

it.each(PLACES)("a program gets the same answers on $profile $boot $letters", (place) => {
  expect(differencesAt(place, 600)).toEqual([]);
});

it("a wild program, or one written by hand, gets the same answers", () => {
  const players = [...playersOf(() => true), ...goldenScripts()];
  expect(playedBothWays(players, 1000)).toEqual([]);
});
