// Golden programs again and again: in both orders, through all machines, on two heaps and on two
// builds.
import {
  PartPlayer,
  type Player,
  SetPlayer,
  StressPlayer,
} from "../../../src/checks/golden/player.ts";
import { GOLDEN_SETS, STRESS_SETS } from "../../../src/checks/golden/sets.ts";
import { SlabHeap } from "../../../src/slub/core/heap.ts";
import type { OwnBuild } from "../../../src/slub/core/load.ts";

const WILD_CASES = 200; // one that used to leave something behind was number 169

/** Some of the wild programs of each set, by their numbers, and all generated ones. */
export function playersOf(isPlayed: (number: number) => boolean): readonly Player[] {
  const numbers = Array.from({ length: WILD_CASES }, (_, i) => i).filter(isPlayed);
  return [
    ...STRESS_SETS.map((set) => {
      return new PartPlayer(new StressPlayer({ ...set, cases: WILD_CASES }), numbers);
    }),
    ...GOLDEN_SETS.map((set) => new SetPlayer(set)),
  ];
}

/** Answers by set and case, whatever the order in which they were given. */
export function answersOf(
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

/** Names of the programs that are not answered alike. */
export function differencesOf(
  one: ReadonlyMap<string, string>,
  other: ReadonlyMap<string, string>,
): readonly string[] {
  return [...one].filter(([name, answer]) => other.get(name) !== answer).map(([name]) => name);
}
