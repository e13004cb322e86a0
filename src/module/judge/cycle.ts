// Blocks of one size that come and go: memory has to be used again. Each round begins where the one
// before it began, so what the first one got the last one must get, too, and memory need not grow
// as more and more rounds are played.
import type { ForeignJudge } from "./judge.ts";

/** The order in which the blocks of a round come and go. */
export const CYCLE_MODES = ["one", "first-first", "last-first", "resized", "zeroed"] as const;
export type CycleMode = (typeof CYCLE_MODES)[number];

/** Below this many bytes, growth says little: memory comes in large pieces. */
const TELLING_BYTES = 4 << 20;
const TELLING_ROUNDS = 16;

/** Plays so many rounds; returns how many operations they were. */
export function playCycle(judge: ForeignJudge, size: number, rounds: number, mode: number): number {
  const { guest } = judge;
  const name = CYCLE_MODES[mode];
  const play = ROUNDS[name];
  const before = guest.look().length;
  for (let round = 0; round < rounds; round++) {
    const isWhole = play(judge, size);
    guest.collect();
    if (isWhole) continue;
    // Where the first round was refused, there was not enough to begin with.
    if (round > 0) judge.breakReuse({ size, offset: round });
    return 2 * round;
  }
  const grown = guest.look().length - before;
  const cycled = size * rounds * (name === "one" || name === "zeroed" ? 1 : 2);
  judge.result = grown;
  const isTelling = rounds >= TELLING_ROUNDS && cycled >= TELLING_BYTES;
  if (isTelling && grown > cycled / 2) judge.breakReuse({ size, offset: rounds });
  return 2 * rounds;
}

/** A round; false if it was refused something. */
type Round = (judge: ForeignJudge, size: number) => boolean;

const ROUNDS: Readonly<Record<CycleMode, Round>> = {
  one: (judge, size) => {
    const block = get(judge, size);
    if (block === 0) return false;
    judge.guest.free(block, size, 1);
    return true;
  },
  "first-first": (judge, size) => {
    const [one, other] = [get(judge, size), get(judge, size)];
    giveBack(judge, one, size);
    giveBack(judge, other, size);
    return one !== 0 && other !== 0;
  },
  "last-first": (judge, size) => {
    const [one, other] = [get(judge, size), get(judge, size)];
    giveBack(judge, other, size);
    giveBack(judge, one, size);
    return one !== 0 && other !== 0;
  },
  resized: (judge, size) => {
    const block = get(judge, size);
    if (block === 0) return false;
    const larger = judge.guest.realloc(block, size, 2 * size, 1);
    giveBack(judge, larger === 0 ? block : larger, larger === 0 ? size : 2 * size);
    return larger !== 0;
  },
  zeroed: (judge, size) => {
    const block = judge.guest.zalloc(1, size);
    giveBack(judge, block, size);
    return block !== 0;
  },
};

function get(judge: ForeignJudge, size: number): number {
  const block = judge.guest.alloc(size, 1);
  if (block === 0) return 0;
  judge.guest.look();
  judge.checkBlock(block, size, 1);
  return block;
}

function giveBack(judge: ForeignJudge, block: number, size: number): void {
  if (block !== 0) judge.guest.free(block, size, 1);
}
