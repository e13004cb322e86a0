// Mistakes of a program: what a C program could do wrong with what it was given. Bytes that a
// mistake writes beyond memory fall away, as nobody could have written them.
import { Code } from "../program/op.ts";
import type { Blocks } from "./blocks.ts";
import type { Guest } from "./guest.ts";

/** Who plays: the judge keeps account of the blocks. */
interface MisusePlayer {
  readonly blocks: Blocks;
  readonly guest: Guest;
  /** The block counts as given back. */
  release(slot: number): void;
  /** From here on the program is to blame. */
  beginMisuse(): void;
}

/** Commits one; false if there is nothing to commit it on. */
export function playMisuse(
  player: MisusePlayer,
  code: number,
  slot: number,
  a: number,
  b: number,
  c: number,
): boolean {
  const { blocks, guest } = player;
  const isLive = blocks.isLive[slot] === 1;
  const pointer = blocks.pointer[slot];
  switch (code) {
    case Code.write:
      return isLive && writeBytes(player, pointer + (a | 0), b, c);
    case Code.stale:
      return !isLive && pointer !== 0 && writeBytes(player, pointer + (a | 0), b, c);
    case Code.freeoff:
      return isLive && misfree(player, pointer + (a | 0), blocks.size[slot], blocks.align[slot]);
    case Code.freesize:
      if (!isLive) return false;
      player.release(slot);
      return misfree(player, pointer, a, blocks.align[slot]);
    case Code.refree:
      if (isLive || pointer === 0) return false;
      return misfree(player, pointer, blocks.size[slot], blocks.align[slot]);
    case Code.restale: {
      const before = blocks.pointerBefore[slot];
      if (!isLive || before === 0 || before === pointer) return false;
      return misfree(player, before, blocks.sizeBefore[slot], blocks.align[slot]);
    }
    case Code.freeat:
      return misfree(player, a % guest.bytes.length, 16, 1);
    default:
      return false;
  }
}

function writeBytes({ guest }: MisusePlayer, from: number, length: number, byte: number): boolean {
  guest.bytes.fill(byte, Math.max(from, 0), Math.max(from + length, 0));
  return true;
}

/** The mistake counts from the moment that it is made: it may not come back from the call. */
function misfree(player: MisusePlayer, pointer: number, size: number, align: number): boolean {
  player.beginMisuse();
  player.guest.free(pointer, size, align);
  player.guest.look();
  return true;
}
