// What the page says of cells, lists and bytes.
import type {
  BlockBelief,
  CellShape,
  CellTruth,
  ChainView,
  HeapBlock,
  SheafView,
  TraceDamage,
} from "../trace.ts";
import type { Playback } from "./playback.ts";

export const NEVER_USED: CellTruth = ["N"];

/** One cell as it is now. */
export interface CellNow {
  readonly truth: CellTruth;
  /** A byte in it still is as an operation left it that had no right to it. */
  readonly isDamaged: boolean;
  /** The allocator and the truth disagree about it. */
  readonly isDisputed: boolean;
  /** The sheaf that it waits in. */
  readonly place?: string | undefined;
}

/** The letter on a cell: a second cue beside its colour. */
export function cueOf({ truth, isDamaged }: CellNow): string {
  return isDamaged ? "D" : truth[0];
}

export function cellText(cell: number, { truth, isDamaged, isDisputed, place }: CellNow): string {
  const damage = isDamaged ? ", damaged" : "";
  const dispute = isDisputed ? ", the allocator believes otherwise" : "";
  const sheaf = place === undefined ? "" : `, ${place}`;
  return `object ${cell}, ${truthText(truth)}${sheaf}${damage}${dispute}`;
}

export function truthText(truth: CellTruth): string {
  if (truth[0] === "N") return "never used";
  if (truth[0] === "F") return `free since op ${truth[2]}, it was ${truth[1]}`;
  return `alive since op ${truth[3]} as ${truth[1]}, ${truth[2]} bytes asked for`;
}

/** How a free list ends. */
export function chainEnd({ end, to }: ChainView): string {
  if (end === "null") return "end";
  if (end === "bad") return `${to}, which is no object of the slab`;
  if (end === "loop") return `object ${to} again: a circle`;
  return "cannot be read on";
}

export function isBroken(chain: ChainView | undefined): boolean {
  return chain !== undefined && chain.end !== "null";
}

/** The free lists of a slab: that of a CPU, and its own. */
export function chainsOf(belief: BlockBelief): readonly (readonly [string, ChainView])[] {
  const lists: (readonly [string, ChainView])[] = [];
  if (belief.cpuChain !== undefined) lists.push([`CPU ${belief.cpu}`, belief.cpuChain]);
  if (belief.chain !== undefined) lists.push(["slab", belief.chain]);
  return lists;
}

/** `in main of CPU 0`, for an object that waits in a sheaf. */
export function sheafOfCell({ sheaves = [] }: BlockBelief, cell: number): string | undefined {
  const places = sheaves.flatMap(([place, cells]) => (cells.includes(cell) ? [place] : []));
  return places.length === 0 ? undefined : `in ${places.join(" and in ")}`;
}

/** `main of CPU 0, 58 of 60`. */
export function sheafTitle({ place, size, capacity }: SheafView): string {
  return `${place}, ${size} of ${capacity}`;
}

/** Blocks of a module's heap by address; a free one goes where a live one has its bytes. */
export function heapBlocks(playback: Playback): readonly HeapBlock[] {
  const all = playback.numbers("h").map((slot) => playback.get<HeapBlock>(`h${slot}`) as HeapBlock);
  const live = all.filter(([state]) => state === "L");
  const free = all.filter(
    (one) => one[0] === "F" && !live.some((other) => sharesBytes(one, other)),
  );
  return [...live, ...free].sort((one, other) => one[2] - other[2]);
}

/** `b3, alive since op 4` */
export function ownerText([state, name, , , op]: HeapBlock): string {
  return `${name}, ${state === "L" ? "alive" : "free"} since op ${op}`;
}

function sharesBytes([, , a, aSize]: HeapBlock, [, , b, bSize]: HeapBlock): boolean {
  return a < b + Math.max(bSize, 1) && b < a + Math.max(aSize, 1);
}

/** Blocks that can be shown now, by number: slabs and heaps. */
export function placesOf(playback: Playback): readonly number[] {
  const { blocks } = playback.trace;
  return playback.numbers("b").filter((block) => blocks[block].kind !== "range");
}

/** The block that the operation at hand is about, or else the one that was touched last. */
export function touchedPlace(
  { trace, at }: Playback,
  places: readonly number[],
): number | undefined {
  for (let op = at; op >= 0 && places.length > 1; op--) {
    const hurt = trace.damages.filter((one) => one.op === op).map(({ block }) => block);
    const { set = [], mem = [] } = trace.deltas[op];
    const keys = set.map(([key]) => key).filter((key) => /^[bo]/.test(key));
    const truths = keys.filter((key) => key.startsWith("o"));
    const written = mem.map(([block]) => block);
    const named = [...truths, ...keys].map((key) => Number.parseInt(key.slice(1), 10));
    const found = [...hurt, ...written, ...named].find((one) => places.includes(one ?? -1));
    if (found !== undefined) return found;
  }
  return places[0];
}

/** Damages of which a byte still is as the damaging operation left it. */
export function openDamages(playback: Playback, block: number): readonly TraceDamage[] {
  const { ops } = playback.memory(block);
  return playback.trace.damages.filter((damage) => {
    if (damage.block !== block || damage.op > playback.at || damage.first === undefined) {
      return false;
    }
    const { first, length, op } = damage;
    return ops.subarray(first, first + length).includes(op);
  });
}

/** The byte still is as one of these damages left it. */
export function isHurt(damages: readonly TraceDamage[], ops: Int32Array, at: number): boolean {
  return damages.some(
    ({ first = 0, length, op }) => at >= first && at < first + length && ops[at] === op,
  );
}

/** An address of the kernel has sixteen digits; those of modules are small. */
export function addressText(digits: string): string {
  return digits.startsWith("00000000") ? `0x${Number.parseInt(digits, 16).toString(16)}` : digits;
}

/** What a byte of a cell is, `at` bytes from its beginning. */
export function regionInCell(shape: CellShape, truth: CellTruth, at: number): string {
  const isLive = truth[0] === "L";
  const parts = isLive ? shape.live : shape.free;
  const region = parts.find(([end]) => at < end)?.[1] ?? "padding";
  const isSlack = isLive && region === "payload" && at - shape.left >= truth[2];
  return isSlack ? "slack" : region;
}

/** Bytes of a block that belong together. */
export interface Stretch {
  readonly region: string;
  readonly first: number;
  readonly end: number;
}

/** The parts of a cell, one behind the other, counted from the beginning of its block. */
export function cellStretches(
  shape: CellShape,
  truth: CellTruth,
  cell: number,
): readonly Stretch[] {
  const base = cell * shape.size;
  const stretches: Stretch[] = [];
  for (let at = 0, first = 0; at < shape.size; at++) {
    const region = regionInCell(shape, truth, at);
    if (at + 1 < shape.size && regionInCell(shape, truth, at + 1) === region) continue;
    stretches.push({ region, first: base + first, end: base + at + 1 });
    first = at + 1;
  }
  return stretches;
}

export function plainRegion(region: string): string {
  return region.replaceAll("-", " ");
}

/** Who wrote a byte last, and in which role. */
export function writerText({ trace }: Playback, op: number, role: number): string {
  if (op === -1) return "never written";
  return `written by op ${op} (${trace.ops[op].text}) as ${trace.roles[role]}`;
}
