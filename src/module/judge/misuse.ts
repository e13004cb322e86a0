// Mistakes of a program: what a C program could do wrong with what it was given. Bytes that a
// mistake writes beyond memory fall away, as nobody could have written them.
import { Code } from "../program/op.ts";
import type { ForeignJudge } from "./judge.ts";

/** Commits one; false if there is nothing to commit it on. */
export function playMisuse(
  judge: ForeignJudge,
  code: number,
  slot: number,
  a: number,
  b: number,
  c: number,
): boolean {
  const { blocks, guest } = judge;
  const isLive = blocks.isLive[slot] === 1;
  const pointer = blocks.pointer[slot];
  switch (code) {
    case Code.write:
      return isLive && writeBytes(judge, pointer + (a | 0), b, c);
    case Code.stale:
      return !isLive && pointer !== 0 && writeBytes(judge, pointer + (a | 0), b, c);
    case Code.freeoff:
      return isLive && misfree(judge, pointer + (a | 0), blocks.size[slot], blocks.align[slot]);
    case Code.freesize:
      if (!isLive) return false;
      judge.release(slot);
      return misfree(judge, pointer, a, blocks.align[slot]);
    case Code.refree:
      if (isLive || pointer === 0) return false;
      return misfree(judge, pointer, blocks.size[slot], blocks.align[slot]);
    case Code.restale: {
      const before = blocks.pointerBefore[slot];
      if (!isLive || before === 0 || before === pointer) return false;
      return misfree(judge, before, blocks.sizeBefore[slot], blocks.align[slot]);
    }
    case Code.freeat:
      return misfree(judge, a % guest.bytes.length, 16, 1);
    default:
      return false;
  }
}

function writeBytes({ guest }: ForeignJudge, from: number, length: number, byte: number): boolean {
  guest.bytes.fill(byte, Math.max(from, 0), Math.max(from + length, 0));
  return true;
}

/** The mistake counts from the moment that it is made: it may not come back from the call. */
function misfree(judge: ForeignJudge, pointer: number, size: number, align: number): boolean {
  judge.beginMisuse();
  judge.guest.free(pointer, size, align);
  judge.guest.look();
  return true;
}
