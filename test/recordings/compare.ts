// Compares a replay with a recording of a real kernel, operation by operation and line by line,
// under the rules of compare_rules.ts, and counts how often each rule was needed.

import type { KernelName } from "./archive.ts";
import {
  differsInAddresses,
  differsInSplitPointers,
  matchesRandom,
  mergedInto,
  type RuleNumber,
  readsAlike,
  SHARED_CACHE_OPS,
  withoutNumbers,
  withoutPlaces,
} from "./compare_rules.ts";
import {
  type ComparedLine,
  type ComparedText,
  comparedText,
  type ExcusedDrops,
  excusedDrops,
} from "./compared_text.ts";
import { type LoggedOp, opLine, parseLog } from "./logged_op.ts";

export interface CompareOptions {
  /** Rules 2 and 3 hold for 6.x, rule 6 for 3.10. */
  readonly profile: KernelName;
}

/** The first place where two logs part. */
export interface Difference {
  /** Number of the operation in the script. */
  readonly op: number;
  /** Its line in the recording, and in the replay. */
  readonly expected: string;
  readonly actual: string;
}

export interface Comparison {
  readonly equal: boolean;
  readonly difference: Difference | undefined;
  /** How many lines that differed each rule excused. */
  readonly excused: ReadonlyMap<RuleNumber, number>;
  /** Lines of rule 2 that are the same but for the place of an object in a shared cache. */
  readonly moved: number;
  /** Operations that were compared. */
  readonly compared: number;
  /** Lines of the recording that were compared: one an operation, and its kernel text. */
  readonly lines: number;
}

const NOTHING = "(nothing)";

/** Compares two logs. */
export function compareLogs(
  expected: readonly string[],
  actual: readonly string[],
  options: CompareOptions,
): Comparison {
  return new Comparer(parseLog(expected), parseLog(actual), options).compare();
}

class Comparer {
  readonly #expected: readonly LoggedOp[];
  readonly #actual: readonly LoggedOp[];
  readonly #old: boolean;
  /** Rule 2 holds for this script. */
  readonly #shared: boolean;
  readonly #excused = new Map<RuleNumber, number>();
  readonly #ownCaches = new Set<string>();
  #lines = 0;
  #moved = 0;
  readonly #written = new WrittenBytes();
  readonly #obtained = { expected: new Set<string>(), actual: new Set<string>() };

  constructor(
    expected: readonly LoggedOp[],
    actual: readonly LoggedOp[],
    { profile }: CompareOptions,
  ) {
    this.#expected = expected;
    this.#actual = actual;
    this.#old = profile === "v3.10";
    this.#shared = !this.#old && expected.some((op) => SHARED_CACHE_OPS.has(wordOf(op)));
  }

  compare(): Comparison {
    for (const [i, op] of this.#expected.entries()) {
      if (this.#endsComparison(op)) return this.#verdict(undefined, i);
      const difference = this.#compareOp(op, this.#actual[i]);
      if (difference !== undefined) return this.#verdict(difference, i);
    }
    const extra = this.#actual[this.#expected.length];
    if (extra === undefined) return this.#verdict(undefined, this.#expected.length);
    const actual = opLine(extra);
    return this.#verdict({ op: extra.number, expected: NOTHING, actual }, extra.number);
  }

  #verdict(difference: Difference | undefined, compared: number): Comparison {
    const equal = difference === undefined;
    const counts = { excused: this.#excused, moved: this.#moved, lines: this.#lines };
    return { equal, difference, compared, ...counts };
  }

  #excuse(rule: RuleNumber, count = 1): true {
    this.#excused.set(rule, (this.#excused.get(rule) ?? 0) + count);
    return true;
  }

  /** Rule 3; and notes which caches are the script's own. */
  #endsComparison(op: LoggedOp): boolean {
    const [word, cache] = op.text.split(/\s+/);
    if (word !== "cache") return false;
    const other = mergedInto(op.result);
    if (!this.#old && other !== undefined && !this.#ownCaches.has(other)) return this.#excuse(3);
    this.#ownCaches.add(cache);
    return false;
  }

  #compareOp(expected: LoggedOp, actual: LoggedOp | undefined): Difference | undefined {
    const at = expected.number;
    const line = opLine(expected);
    if (actual === undefined) return { op: at, expected: line, actual: NOTHING };
    if (!this.#sameHead(expected, actual)) {
      return { op: at, expected: line, actual: opLine(actual) };
    }
    this.#written.note(expected.text);
    return this.#compareText(expected, actual);
  }

  #sameHead(expected: LoggedOp, actual: LoggedOp): boolean {
    if (expected.number !== actual.number || expected.text !== actual.text) return false;
    if (expected.result === actual.result) return true;
    if (wordOf(expected) === "info") return this.#excuse(1);
    if (wordOf(expected) === "kstate") return this.#excuse(2);
    if (matchesRandom(expected.result, actual.result)) return this.#excuse(1);
    if (wordOf(expected) === "read") return this.#sameRead(expected, actual);
    if (!this.#shared) return false;
    if (withoutNumbers(expected.result) !== withoutNumbers(actual.result)) return false;
    return this.#samePart(expected.result, actual.result);
  }

  #sameRead(expected: LoggedOp, actual: LoggedOp): boolean {
    const offset = this.#written.offsetOf(expected.text);
    if (readsAlike(expected.result, actual.result, offset)) return this.#excuse(4);
    if (!this.#shared) return false;
    return this.#written.agree(expected.text, expected.result, actual.result) && this.#excuse(2);
  }

  #compareText(expected: LoggedOp, actual: LoggedOp): Difference | undefined {
    const was = this.#comparedText(expected, this.#obtained.expected);
    const is = this.#comparedText(actual, this.#obtained.actual);
    this.#lines += 1 + expected.lines.length;
    if (sameLines(expected.lines, actual.lines)) return undefined;
    for (let i = 0; i < Math.max(was.lines.length, is.lines.length); i++) {
      const [one, other] = [was.lines[i], is.lines[i]];
      if (one !== undefined && other !== undefined && this.#agree(one, other)) continue;
      return {
        op: expected.number,
        expected: one?.part ?? NOTHING,
        actual: other?.part ?? NOTHING,
      };
    }
    this.#countDrops(excusedDrops(was, is));
    return undefined;
  }

  #countDrops({ byRule, moved }: ExcusedDrops): void {
    for (const [rule, count] of byRule) if (count > 0) this.#excuse(rule, count);
    this.#moved += moved;
  }

  #comparedText(op: LoggedOp, obtained: Set<string>): ComparedText {
    const selection = { old: this.#old, shared: this.#shared, ownCaches: this.#ownCaches };
    return comparedText(op, { ...selection, obtained });
  }

  #agree(expected: ComparedLine, actual: ComparedLine): boolean {
    if (expected.whole === actual.whole) return true;
    if (expected.part === actual.part) return this.#samePart(expected.whole, actual.whole);
    return this.#sameLine(expected.part, actual.part);
  }

  /** Rule 2: what is compared is the same; what is not is a place, or more than that. */
  #samePart(expected: string, actual: string): true {
    if (withoutPlaces(expected) !== withoutPlaces(actual)) return this.#excuse(2);
    this.#moved++;
    return true;
  }

  #sameLine(expected: string, actual: string): boolean {
    if (matchesRandom(expected, actual)) return this.#excuse(1);
    if (differsInSplitPointers(expected, actual)) return this.#excuse(5);
    return this.#old && differsInAddresses(expected, actual) && this.#excuse(6);
  }
}

function sameLines(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((line, i) => line === other[i]);
}

function wordOf(op: LoggedOp): string {
  return op.text.split(/\s+/, 1)[0];
}

const TARGET = /^([^+-]+)([+-].*)?$/;

/**
 * Which bytes a script wrote, by slot: all that is compared of a `read` in a script that shares its
 * caches with a running kernel (comparison rule 2).
 */
class WrittenBytes {
  readonly #bySlot = new Map<string, Set<number>>();

  /** Takes an operation into account. */
  note(text: string): void {
    const [word, target, offset, data] = text.split(/\s+/);
    if (word === "write") this.#add(target, offset, data.length / 2);
    else if (word === "fill") this.#add(target, offset, Number(data));
    else if (word === "wptr") this.#add(target, offset, 8);
    else if (word === "kfree") this.#bySlot.delete(slotOf(target));
    else if (word === "kmalloc") this.#bySlot.delete(offset);
  }

  /** Where the bytes of a `read` begin, counted from the slot's pointer. */
  offsetOf(text: string): number {
    const [, target, offset] = text.split(/\s+/);
    return displacementOf(target) + Number(offset);
  }

  /** Whether two results of a `read` agree in the bytes that the script wrote. */
  agree(text: string, expected: string, actual: string): boolean {
    const written = this.#bySlot.get(slotOf(text.split(/\s+/)[1])) ?? new Set();
    const first = this.offsetOf(text);
    if (expected.length !== actual.length) return false;
    for (let i = 0; 2 * i < expected.length; i++) {
      const differs = expected.slice(2 * i, 2 * i + 2) !== actual.slice(2 * i, 2 * i + 2);
      if (differs && written.has(first + i)) return false;
    }
    return true;
  }

  #add(target: string, offset: string, length: number): void {
    const slot = slotOf(target);
    const written = this.#bySlot.get(slot) ?? new Set<number>();
    const first = displacementOf(target) + Number(offset);
    for (let i = 0; i < length; i++) written.add(first + i);
    this.#bySlot.set(slot, written);
  }
}

function slotOf(target: string): string {
  return TARGET.exec(target)?.[1] ?? target;
}

function displacementOf(target: string): number {
  return Number(TARGET.exec(target)?.[2] ?? 0);
}
