// Passes that fit programs of any kind: they cut parts out, write items another way, and lower
// numbers. A kind of programs says what its parts and its items are.
import type { Pass } from "./shrink.ts";

/** A program as parts that can be left out. */
export interface Parts<P> {
  readonly countOf: (program: P) => number;
  /** The parts that are to be kept, as far as they can stand without the rest. */
  readonly keep: (program: P, isKept: (part: number) => boolean) => P;
}

/** A program as items that can be replaced. */
export interface Items<P, T> {
  readonly itemsOf: (program: P) => readonly T[];
  readonly withItem: (program: P, index: number, item: T) => P;
}

/** A list has a part for each entry. */
export function partsOfList<T>(): Parts<readonly T[]> {
  return {
    countOf: ({ length }) => length,
    keep: (list, isKept) => list.filter((_, index) => isKept(index)),
  };
}

export function itemsOfList<T>(): Items<readonly T[], T> {
  return {
    itemsOf: (list) => list,
    withItem: (list, index, item) => list.map((one, at) => (at === index ? item : one)),
  };
}

/**
 * Leaves out pieces of half the parts, a quarter of them, and so on down to single ones; `round`
 * says what half of an odd number is. Programs of modules end smaller with halves rounded down:
 * of 93 findings six stayed an operation or more longer with halves rounded up, none shorter.
 *
 * It goes from the end to the beginning: operations depend on earlier ones only, so a piece near
 * the end takes nothing along, and what is left out there leaves the numbers of all parts before it
 * as they are. Nothing starts over after a success: what became possible by it is found in the next
 * round, and most of the time nothing did.
 */
export function cuttingPieces<P>(
  { countOf, keep }: Parts<P>,
  round: (half: number) => number,
): Pass<P> {
  return function* (program) {
    let kept = program;
    for (let size = round(countOf(kept) / 2); size >= 1; size = size > 1 ? round(size / 2) : 0) {
      for (let end = countOf(kept); end > 0; end -= size) {
        const [before, after] = [end - size, end];
        const candidate = keep(kept, (part) => part < before || part >= after);
        if (yield candidate) kept = candidate;
      }
    }
  };
}

/** Leaves out two parts at a time: a free, and the allocation that took what it gave back. */
export function cuttingPairs<P>({ countOf, keep }: Parts<P>, partsMax: number): Pass<P> {
  return function* (program) {
    let kept = program;
    // Pairs grow with the square: only what is small already is searched for them.
    if (countOf(kept) > partsMax) return;
    for (let later = countOf(kept) - 1; later > 0; later--) {
      for (let earlier = later - 1; earlier >= 0; earlier--) {
        const pair = [earlier, later];
        const candidate = keep(kept, (part) => !pair.includes(part));
        if (yield candidate) kept = candidate;
      }
      later = Math.min(later, countOf(kept));
    }
  };
}

/** Tries other ways to write each item until none of them is taken any more. */
export function rewriting<P, T>(
  { itemsOf, withItem }: Items<P, T>,
  rewritesOf: (item: T) => Iterable<T>,
): Pass<P> {
  return function* (program) {
    let kept = program;
    for (let index = 0; index < itemsOf(kept).length; index++) {
      const at = index;
      kept = yield* untilNoneIsTaken(kept, (from) =>
        mapped(rewritesOf(itemsOf(from)[at]), (item) => withItem(from, at, item)),
      );
    }
  };
}

/** Proposes what can be made of a program, and what can be made of that, until nothing is taken. */
export function* untilNoneIsTaken<P>(
  program: P,
  candidatesOf: (program: P) => Iterable<P>,
): Generator<P, P, boolean> {
  let kept = program;
  for (let isTaken = true; isTaken; ) {
    isTaken = false;
    for (const candidate of candidatesOf(kept)) {
      isTaken = yield candidate;
      if (!isTaken) continue;
      kept = candidate;
      break;
    }
  }
  return kept;
}

function* mapped<T, U>(items: Iterable<T>, change: (item: T) => U): Iterable<U> {
  for (const item of items) yield change(item);
}

/** One number of an item. */
export interface Lens<T> {
  readonly value: number;
  readonly least: number;
  /** Puts another number into what the item is by then. */
  readonly put: (item: T, value: number) => T;
}

/** Makes the numbers of each item small, on their own side of zero. */
export function loweringNumbers<P, T>(
  items: Items<P, T>,
  lensesOf: (item: T) => Iterable<Lens<T>>,
): Pass<P> {
  return function* (program) {
    let kept = program;
    for (let index = 0; index < items.itemsOf(kept).length; index++) {
      for (const lens of lensesOf(items.itemsOf(kept)[index])) {
        kept = yield* lowerOne(items, kept, index, lens);
      }
    }
  };
}

function* lowerOne<P, T>(
  { itemsOf, withItem }: Items<P, T>,
  program: P,
  index: number,
  { value, least, put }: Lens<T>,
): Generator<P, P, boolean> {
  let kept = program;
  const sign = Math.sign(value);
  const smaller = lowered(Math.abs(value), least);
  for (let next = smaller.next(false); next.done !== true; ) {
    // Minus zero is another number where tests compare programs.
    const number = next.value === 0 ? 0 : sign * next.value;
    const candidate = withItem(kept, index, put(itemsOf(kept)[index], number));
    const isTaken = yield candidate;
    if (isTaken) kept = candidate;
    next = smaller.next(isTaken);
  }
  return kept;
}

/**
 * Smaller numbers than `value`, down to `least`: the least one outright, then ever smaller steps,
 * for as long as they are taken. Returns the last one that was.
 */
export function* lowered(value: number, least: number): Generator<number, number, boolean> {
  if (value <= least) return value;
  if (yield least) return least;
  let kept = value;
  for (let step = 2 ** Math.floor(Math.log2(value - least)); step >= 1; step /= 2) {
    // A step that was taken may be taken again; one that was not fits a smaller number no better.
    while (kept - step > least && (yield kept - step)) kept -= step;
  }
  return kept;
}
