// What makes two reports of one check alike, from the coarse to the fine: the role of the wrong
// bytes, where they lie beside the object, how many they are, and of what kind the new ones are.
import { regionOf } from "../damage/word.ts";
import type { Report, SlabCheck, WrongBytes } from "../report.ts";

/** Each in a word; undefined for what the log does not hold. */
export type Traits = readonly (string | undefined)[];

export function traitsOf(report: Report): Traits {
  return (BY_CHECK[report.check] ?? traitsOfBytes)(report);
}

const BY_CHECK: Readonly<Partial<Record<SlabCheck, (report: Report) => Traits>>> = {
  "already-free": traitsOfFreed,
  count: traitsOfCount,
  "free-pointer": traitsOfLink,
  "free-list": traitsOfLink,
  "alloc-oops": traitsOfLink,
};

function traitsOfBytes(report: Report): Traits {
  const [first] = report.damage;
  if (first === undefined) return [];
  const { role, was } = first;
  return [role, was.slice(0, 2), placeOf(first, report), amountOf(first), kindOf(first)];
}

/** Beside the nearer edge of the object; an offset into the object itself is anybody's. */
function placeOf({ offset, length }: WrongBytes, { objectSize }: Report): string | undefined {
  if (offset === undefined) return undefined;
  if (offset < 0) return offset + length === 0 ? "up to the object" : "before the object";
  if (objectSize === undefined) return undefined;
  if (offset < objectSize) return "inside";
  return offset === objectSize ? "at the end" : "behind the end";
}

const WORD = 8;
const MANY = 64;

function amountOf({ length }: WrongBytes): string {
  if (length === 1) return "one";
  if (length === WORD) return "a word";
  return length < WORD ? "part of a word" : length < MANY ? "words" : "many";
}

/** Looks that tell kinds of values apart, the most particular first. */
const KINDS: readonly (readonly [string, RegExp])[] = [
  ["steps", /^every /],
  ["count", /cremented/],
  ["bit", /^one bit/],
  ["pointer", /pointer|address|equals/],
  ["other state", /^red zone of the other/],
  ["poison", /^poison/],
  ["zero", /NUL|zeros/],
  ["text", /^text/],
  ["number", /^small number/],
];

function kindOf({ looksLike, is }: WrongBytes): string | undefined {
  if (is === "") return undefined;
  const known = KINDS.find(([, words]) => looksLike.some((look) => words.test(look)));
  return known?.[0] ?? (/^(..)\1+$/.test(is) ? "one byte again and again" : "bytes");
}

/** Where in the free list the object stands already. */
function traitsOfFreed({ object, slabFreePointer, freePointer }: Report): Traits {
  if (object === undefined) return [];
  return [
    slabFreePointer === undefined ? undefined : String(slabFreePointer === object),
    freePointer === undefined ? undefined : String(freePointer === object),
  ];
}

/** By how much the counters disagree. */
function traitsOfCount({ words }: Report): Traits {
  const [, counter, counted] = /Counter is (-?\d+) but counted were (-?\d+)/.exec(words) ?? [];
  if (counter === undefined) return [/Bulk free|Freelist cycle/.exec(words)?.[0]];
  const lost = Number(counted) - Number(counter);
  if (Number(counted) < 0) return ["endless"];
  return [lost < 0 ? "too long" : lost === 1 ? "one short" : "short"];
}

/** What stands in the free pointer. */
function traitsOfLink(report: Report): Traits {
  const value = report.freePointer ?? report.faultAddress;
  const beside = report.damage.find(({ role }) => role !== "free pointer");
  return [
    value === undefined ? undefined : (regionOf(value, WORD) ?? "no address"),
    String(beside !== undefined),
  ];
}
