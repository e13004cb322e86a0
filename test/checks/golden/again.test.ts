// What ran on a heap before changes nothing, however wild it was: the same programs in both orders,
// through all machines, on two heaps.
import { expect, it } from "vitest";
import { type Player, SetPlayer, StressPlayer } from "../../../src/checks/golden/player.ts";
import { GOLDEN_SETS, STRESS_SETS } from "../../../src/checks/golden/sets.ts";
import { SlabHeap } from "../../../src/slub/core/heap.ts";
import type { OwnBuild } from "../../../src/slub/core/load.ts";

const WILD_CASES = 200; // one that used to leave something behind was number 169

const players: readonly Player[] = [
  ...STRESS_SETS.map((set) => new StressPlayer({ ...set, cases: WILD_CASES })),
  ...GOLDEN_SETS.map((set) => new SetPlayer(set)),
];

/** Answers by set and case, in the order of the cases. */
function answersOf(
  order: readonly Player[],
  backwards: boolean,
  build: OwnBuild = "release",
): ReadonlyMap<string, string> {
  const heap = new SlabHeap(build);
  const answers = new Map<string, string>();
  for (const player of order) {
    player.boot(heap);
    const cases = Array.from({ length: player.count }, (_, i) => i);
    for (const i of backwards ? cases.reverse() : cases) {
      answers.set(`${player.name} #${i}`, player.answer(i).toString(16));
    }
  }
  return answers;
}

const forwards = answersOf(players, false);

function differencesFrom(other: ReadonlyMap<string, string>): readonly string[] {
  return [...forwards].filter(([name, answer]) => other.get(name) !== answer).map(([name]) => name);
}

it("programs are answered alike, whatever ran before them", () => {
  expect(differencesFrom(answersOf([...players].reverse(), true))).toEqual([]);
  expect(forwards.size).toBe(players.reduce((sum, { count }) => sum + count, 0));
}, 240_000);

it("a build whose data lies elsewhere answers alike: nothing is read that is not there", () => {
  expect(differencesFrom(answersOf(players, false, "mutable"))).toEqual([]);
}, 240_000);
