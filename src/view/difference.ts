// Where the allocator's belief and the truth differ: free lists that lead out of their slab, hold
// what somebody has, or lost what is free; objects that are no objects.
//
// Does not see: objects of the running kernel, which the program never had.
import type { BelievedSlab } from "./belief.ts";
import type { ChainView, Difference, StrayObject } from "./trace.ts";
import type { CellTruths } from "./truth.ts";

/** `hidesObjects`: free objects may be where nobody looks, so that none counts as lost. */
export function slabDifferences(
  slab: BelievedSlab,
  truths: CellTruths,
  hidesObjects = false,
): readonly Difference[] {
  const lost = hidesObjects ? [] : lostCells(slab, truths);
  return [...chainDifferences(slab), ...takenCells(slab, truths), ...twiceWaiting(slab), ...lost];
}

/** Objects that wait in sheaves more than once: each time they are handed out. */
function twiceWaiting({ slab, belief }: BelievedSlab): readonly Difference[] {
  const { block } = slab;
  const all = (belief.sheaves ?? []).flatMap(([, cells]) => cells);
  const twice = new Set(all.filter((cell, i) => all.indexOf(cell) < i));
  return [...twice].map((cell) => ({
    text: `object ${cell} waits ${all.filter((one) => one === cell).length} times in sheaves`,
    ...{ block, cells: [cell] },
  }));
}

function chainDifferences({ slab, belief }: BelievedSlab): readonly Difference[] {
  const { block } = slab;
  const texts = [
    brokenText("the slab's free list", belief.chain),
    brokenText(`the free list of CPU ${belief.cpu}`, belief.cpuChain),
  ];
  return texts.flatMap((text) => (text === undefined ? [] : [{ text, block }]));
}

function brokenText(list: string, chain: ChainView | undefined): string | undefined {
  if (chain === undefined || chain.end === "null") return undefined;
  const last = chain.at.at(-1);
  const behind = last === undefined ? "at its head" : `behind object ${last}`;
  if (chain.end === "bad") return `${list} leaves the slab ${behind}: it goes to ${chain.to}`;
  if (chain.end === "loop") return `${list} runs in a circle: it comes back to object ${chain.to}`;
  return `${list} cannot be followed ${behind}`;
}

/** Objects that are alive and on a free list. */
function takenCells(
  { slab, listed, belief }: BelievedSlab,
  truths: CellTruths,
): readonly Difference[] {
  const cells = [...listed].filter((cell) => truths.stateOf(slab, cell).isLive);
  return cells.map((cell) => {
    const name = truths.nameOf(truths.stateOf(slab, cell).object);
    const waits = belief.sheaves?.find(([, all]) => all.includes(cell))?.[0];
    const where = waits === undefined ? "on a free list" : `in the sheaf ${waits}`;
    const text = `object ${cell} is ${where}, but ${name} lives there`;
    return { text, block: slab.block, cells: [cell] };
  });
}

/** Objects that are free, and that no list has. */
function lostCells({ slab, listed }: BelievedSlab, truths: CellTruths): readonly Difference[] {
  const isKernels = truths.isKernels(slab);
  const cells = Array.from({ length: slab.cells }, (_, cell) => cell).filter(
    (cell) =>
      !listed.has(cell) &&
      !truths.stateOf(slab, cell).isLive &&
      !(isKernels && !truths.isUsed(slab, cell)),
  );
  if (cells.length === 0) return [];
  const text = `${objectsText(cells)} free, but on no free list that can be followed`;
  return [{ text, block: slab.block, cells }];
}

/** `object 9 is`, `objects 10 to 24 are`, `objects 3, 7 and 9 are` */
function objectsText(cells: readonly number[]): string {
  const [first] = cells;
  const last = cells[cells.length - 1];
  if (cells.length === 1) return `object ${first} is`;
  const isRun = last - first === cells.length - 1 && cells.length > 2;
  if (isRun) return `objects ${first} to ${last} are`;
  return `objects ${cells.slice(0, -1).join(", ")} and ${last} are`;
}

export function strayDifference({ name, place, cache, block }: StrayObject): Difference {
  const text = `${name} is ${place}, which is no object of ${cache}`;
  return block === undefined ? { text } : { text, block };
}
