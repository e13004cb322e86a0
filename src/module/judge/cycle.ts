// Blocks of one size that come and go: memory has to be used again. Each round begins where the one
// before it began, so what the first one got the last one must get, too, and memory need not grow
// as more and more rounds are played.
import type { Guest } from "./guest.ts";
import type { BrokenRule } from "./rule.ts";

/** The order in which the blocks of a round come and go. */
export const CYCLE_MODES = ["one", "first-first", "last-first", "resized", "zeroed"] as const;
type CycleMode = (typeof CYCLE_MODES)[number];

/** Plays operations; the judge checks the rules. */
interface CyclePlayer {
  readonly guest: Guest;
  /** The result of a cycle: by how many bytes memory grew. */
  result: number;
  checkBlock(pointer: number, size: number, align: number): void;
  breakReuse(detail: Partial<BrokenRule>): void;
}

/** Below this many bytes, growth says little: memory comes in large pieces. */
const TELLING_BYTES = 4 << 20;
const TELLING_ROUNDS = 16;

/** Plays so many rounds; returns how many operations they were. */
export function playCycle(player: CyclePlayer, size: number, rounds: number, mode: number): number {
  const { guest } = player;
  const name = CYCLE_MODES[mode];
  const play = ROUNDS[name];
  const before = guest.look().length;
  for (let round = 0; round < rounds; round++) {
    const isWhole = play(player, size);
    guest.collect();
    if (isWhole) continue;
    // Where the first round was refused, there was not enough to begin with.
    if (round > 0) player.breakReuse({ size, offset: round });
    return 2 * round;
  }
  const grown = guest.look().length - before;
  const cycled = size * rounds * (name === "one" || name === "zeroed" ? 1 : 2);
  player.result = grown;
  const isTelling = rounds >= TELLING_ROUNDS && cycled >= TELLING_BYTES;
  if (isTelling && grown > cycled / 2) player.breakReuse({ size, offset: rounds });
  return 2 * rounds;
}

/** A round; false if it was refused something. */
type Round = (player: CyclePlayer, size: number) => boolean;

const ROUNDS: Readonly<Record<CycleMode, Round>> = {
  one: (player, size) => {
    const block = get(player, size);
    if (block === 0) return false;
    player.guest.free(block, size, 1);
    return true;
  },
  "first-first": (player, size) => {
    const [one, other] = [get(player, size), get(player, size)];
    giveBack(player, one, size);
    giveBack(player, other, size);
    return one !== 0 && other !== 0;
  },
  "last-first": (player, size) => {
    const [one, other] = [get(player, size), get(player, size)];
    giveBack(player, other, size);
    giveBack(player, one, size);
    return one !== 0 && other !== 0;
  },
  resized: (player, size) => {
    const block = get(player, size);
    if (block === 0) return false;
    const larger = player.guest.realloc(block, size, 2 * size, 1);
    giveBack(player, larger === 0 ? block : larger, larger === 0 ? size : 2 * size);
    return larger !== 0;
  },
  zeroed: (player, size) => {
    const block = player.guest.zalloc(1, size);
    giveBack(player, block, size);
    return block !== 0;
  },
};

function get(player: CyclePlayer, size: number): number {
  const block = player.guest.alloc(size, 1);
  if (block === 0) return 0;
  player.guest.look();
  player.checkBlock(block, size, 1);
  return block;
}

function giveBack(player: CyclePlayer, block: number, size: number): void {
  if (block !== 0) player.guest.free(block, size, 1);
}
