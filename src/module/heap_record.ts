// What each operation of a program did to the heap of a module, as data: which blocks came, moved
// and went, which bytes changed, and which of those nobody had a right to change. A program runs
// again for it: once to learn where its blocks lie, and once with that memory watched.
import { hexOfBytes } from "../base/hex.ts";
import type { ForeignEngine } from "./engine.ts";
import type { Blocks } from "./judge/blocks.ts";
import type { ForeignJudge } from "./judge/judge.ts";
import type { BrokenRule } from "./judge/rule.ts";
import { type ForeignOp, HAS_NO_SLOT, imageOf } from "./program/op.ts";
import type { ForeignProgram } from "./program/text.ts";
import { type ForeignReplay, replayForeign, resultText } from "./replay.ts";

/** A block that the program has, or had. */
export interface BlockNow {
  readonly slot: number;
  readonly isLive: boolean;
  readonly pointer: number;
  readonly size: number;
}

/** Bytes that changed. */
export interface ChangedBytes {
  readonly address: number;
  readonly hex: string;
  /** The program wrote them, or else the module. */
  readonly isProgram: boolean;
}

/** Bytes that changed without a right to, and in which live block, if in any. */
export interface HarmedBytes {
  readonly address: number;
  readonly length: number;
  readonly owner: BlockNow | undefined;
}

export interface HeapMoment {
  readonly op: ForeignOp;
  readonly result: string;
  readonly isSkipped: boolean;
  /** The block of the operation's slot before it and behind it. */
  readonly before: BlockNow | undefined;
  readonly after: BlockNow | undefined;
  readonly changed: readonly ChangedBytes[];
  readonly harmed: readonly HarmedBytes[];
}

export interface HeapRecord {
  readonly replay: ForeignReplay;
  /** The memory that was watched. */
  readonly first: number;
  readonly end: number;
  /** An operation each; the last is one that broke a rule, if one did. */
  readonly moments: readonly HeapMoment[];
  /** The first mistake of the program; -1 without one. */
  readonly misusedAt: number;
  readonly violation: BrokenRule | undefined;
}

/** Memory around the blocks, and how much of it is watched at most. */
const AROUND_BYTES = 64;
const WATCHED_BYTES_MAX = 1 << 16;

export function recordHeap(
  engine: ForeignEngine,
  program: ForeignProgram,
  begin: (index: number) => void,
): HeapRecord {
  const replay = replayForeign(engine, program, begin);
  const image = imageOf(program.ops);
  const { first, end } = extentOf(engine, program);
  const recorder = new HeapRecorder(program.ops, first, end);
  const { violation, misusedAt } = engine.runProgram(image, program.bug, {
    before: (index) => {
      begin(index);
      recorder.before(index, engine.judge);
    },
    after: (_, judge) => recorder.after(judge),
  });
  recorder.end(engine.judge, violation);
  return { replay, first, end, moments: recorder.moments, misusedAt, violation };
}

/** Where the program's blocks lie. */
function extentOf(engine: ForeignEngine, { ops, bug }: ForeignProgram) {
  let low = Number.POSITIVE_INFINITY;
  let high = 0;
  engine.runProgram(imageOf(ops), bug, {
    after: (index, { blocks }) => {
      const block = blockIn(blocks, ops[index]);
      if (block === undefined) return;
      low = Math.min(low, block.pointer);
      high = Math.max(high, block.pointer + block.size);
    },
  });
  const memory = engine.judge.guest.look().length;
  if (high === 0) return { first: 0, end: Math.min(memory, AROUND_BYTES) };
  const first = Math.max(0, (low - AROUND_BYTES) & -16);
  return { first, end: Math.min(memory, high + AROUND_BYTES, first + WATCHED_BYTES_MAX) };
}

function blockIn(blocks: Blocks, { op, slot }: ForeignOp): BlockNow | undefined {
  if (HAS_NO_SLOT.includes(op) || blocks.pointer[slot] === 0) return undefined;
  return blockAt(blocks, slot);
}

function blockAt(blocks: Blocks, slot: number): BlockNow {
  const { pointer, size, isLive } = blocks;
  return { slot, isLive: isLive[slot] !== 0, pointer: pointer[slot], size: size[slot] };
}

class HeapRecorder {
  readonly moments: HeapMoment[] = [];
  readonly #ops: readonly ForeignOp[];
  readonly #first: number;
  readonly #end: number;
  #memory: Uint8Array = new Uint8Array(0);
  #at = -1;
  #before: BlockNow | undefined;

  constructor(ops: readonly ForeignOp[], first: number, end: number) {
    this.#ops = ops;
    this.#first = first;
    this.#end = end;
  }

  before(index: number, { blocks, guest }: ForeignJudge): void {
    if (this.#at < 0) this.#memory = guest.look().slice(this.#first, this.#end);
    this.#at = index;
    this.#before = blockIn(blocks, this.#ops[index]);
  }

  after(judge: ForeignJudge): void {
    const op = this.#ops[this.#at];
    this.#add(judge, resultText(op, judge), blockIn(judge.blocks, op));
  }

  /** An operation that broke a rule did not come to its end. */
  end(judge: ForeignJudge, violation: BrokenRule | undefined): void {
    const isCut = this.moments.length <= this.#at;
    if (!isCut) return;
    const op = this.#ops[this.#at];
    const { pointer = 0, size = 0 } = violation ?? {};
    const isNew = ["alloc", "zalloc", "resize"].includes(violation?.call ?? "") && pointer > 0;
    const made = { slot: op.slot, isLive: true, pointer, size };
    const after = isNew ? made : blockIn(judge.blocks, op);
    this.#add(judge, violation?.rule ?? "it did not come back", after);
  }

  #add(judge: ForeignJudge, result: string, after: BlockNow | undefined): void {
    const op = this.#ops[this.#at];
    const changed = this.#changedBytes(judge, after);
    const harmed = harmedBytes(op, judge.blocks, changed, this.#before);
    const moment = { op, result, isSkipped: judge.wasSkipped, changed, harmed };
    this.moments.push({ ...moment, before: this.#before, after });
  }

  #changedBytes({ guest }: ForeignJudge, after: BlockNow | undefined): readonly ChangedBytes[] {
    const now = guest.look().slice(this.#first, this.#end);
    const then = this.#memory;
    this.#memory = now;
    if (Buffer.compare(now, then) === 0) return [];
    const op = this.#ops[this.#at];
    const isProgram = (address: number): boolean =>
      isWritten(op, this.#before, address) || (after !== undefined && isIn(after, address));
    const changed: ChangedBytes[] = [];
    for (let at = 0; at < now.length; at++) {
      if (now[at] === then[at]) continue;
      const from = at;
      const isOwn = isProgram(this.#first + from);
      while (at + 1 < now.length && now[at + 1] !== then[at + 1]) {
        if (isProgram(this.#first + at + 1) !== isOwn) break;
        at++;
      }
      const hex = hexOfBytes(now.subarray(from, at + 1));
      changed.push({ address: this.#first + from, hex, isProgram: isOwn });
    }
    return changed;
  }
}

function isIn({ isLive, pointer, size }: BlockNow, address: number): boolean {
  return isLive && address >= pointer && address < pointer + size;
}

/** The operation is a write, and the byte lies where it writes. */
function isWritten({ op, a, b }: ForeignOp, block: BlockNow | undefined, address: number): boolean {
  if ((op !== "write" && op !== "stale") || block === undefined) return false;
  const first = block.pointer + a;
  return address >= first && address < first + b;
}

/**
 * Of the bytes that changed, those that the program wrote outside of its block, and those that the
 * module wrote into a block that the operation is not about.
 */
function harmedBytes(
  op: ForeignOp,
  blocks: Blocks,
  changed: readonly ChangedBytes[],
  own: BlockNow | undefined,
): readonly HarmedBytes[] {
  const isWrite = op.op === "write" || op.op === "stale";
  return changed.flatMap(({ address, hex, isProgram }) => {
    if (isProgram !== isWrite) return [];
    const parts = partsByOwner(blocks, address, hex.length / 2);
    return parts.filter(({ owner }) => {
      const isOwn = owner !== undefined && owner.slot === op.slot && own?.isLive === true;
      return isWrite ? !isOwn : owner !== undefined && owner.slot !== op.slot;
    });
  });
}

function partsByOwner(blocks: Blocks, address: number, length: number): readonly HarmedBytes[] {
  const parts: { address: number; length: number; owner: BlockNow | undefined }[] = [];
  for (let at = address; at < address + length; at++) {
    const slot = blocks.overlapping(at, 1);
    const last = parts.at(-1);
    if (last !== undefined && (last.owner?.slot ?? -1) === slot) last.length++;
    else {
      const owner = slot < 0 ? undefined : blockAt(blocks, slot);
      parts.push({ address: at, length: 1, owner });
    }
  }
  return parts;
}
