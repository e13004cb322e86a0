// Rules of allocators, by name. The names are parts of signatures, so they never change.
import type { Impact } from "../../target/verdict.ts";

const RULES = [
  "overlap",
  "handed-out-twice",
  "outside-memory",
  "granted-too-much",
  "below-heap",
  "misaligned",
  "stored-into-block",
  "contents-changed",
  "contents-lost",
  "not-zeroed",
  "not-reused",
  "retained",
  "refused",
  "abort",
  "trap",
  "endless",
] as const;

export type Rule = (typeof RULES)[number];

/** One line each, for help and documentation. */
export const RULE_ABOUT: Readonly<Record<Rule, string>> = {
  overlap: "two live blocks share bytes",
  "handed-out-twice": "a live block was handed out again",
  "outside-memory": "a block reaches beyond the end of memory",
  "granted-too-much": "a request was granted that no memory can ever hold",
  "below-heap": "a block lies below __heap_base, among the module's own data",
  misaligned: "a block's address is less aligned than was asked for",
  "stored-into-block": "the module itself wrote into a live block (seen where stores are watched)",
  "contents-changed": "bytes of a live block changed without a write",
  "contents-lost": "realloc did not keep what the block held",
  "not-zeroed": "calloc gave a block that is not zero",
  "not-reused":
    "blocks that were freed are not used again: the same traffic needs ever more memory",
  retained: "all was freed, and most of that memory cannot be had in one piece",
  refused: "a request was refused though most of memory was never used",
  abort: "the module gave up by itself",
  trap: "the module trapped",
  endless: "a loop of the module never ended",
};

/** How bad it is when a mistake of the program led to it. */
export const RULE_IMPACT: Readonly<Record<Rule, Impact>> = {
  overlap: "overlap",
  "handed-out-twice": "overlap",
  "outside-memory": "foreign",
  "granted-too-much": "foreign",
  "below-heap": "foreign",
  misaligned: "redirected",
  "stored-into-block": "other-owner",
  "contents-changed": "other-owner",
  "contents-lost": "other-owner",
  "not-zeroed": "disclosed",
  "not-reused": "lost",
  retained: "lost",
  refused: "lost",
  abort: "none",
  trap: "oops",
  endless: "hang",
};

/** Rules that one bug may break in turn: their findings count as the same bug. */
export const RULE_FAMILY: Readonly<Record<Rule, string>> = {
  overlap: "corrupt",
  "handed-out-twice": "corrupt",
  "outside-memory": "corrupt",
  "granted-too-much": "granted-too-much",
  "below-heap": "corrupt",
  misaligned: "misaligned",
  "stored-into-block": "corrupt",
  "contents-changed": "corrupt",
  "contents-lost": "contents-lost",
  "not-zeroed": "not-zeroed",
  "not-reused": "not-reused",
  retained: "not-reused",
  refused: "refused",
  abort: "corrupt",
  trap: "corrupt",
  endless: "corrupt",
};

/** What it means to break a rule of a family; undefined for a word that names none. */
export function aboutFamily(name: string): string | undefined {
  const rules = RULES.filter((rule) => RULE_FAMILY[rule] === name);
  return rules.length === 0 ? undefined : rules.map((rule) => RULE_ABOUT[rule]).join("; or ");
}

/** How two blocks, or a block and memory, broke a rule. */
export interface BrokenRule {
  readonly rule: Rule;
  /** The operation that showed it; -1 for the look at everything at the end. */
  readonly at: number;
  /** The called function, as scripts write it. */
  readonly call: string;
  readonly pointer: number;
  readonly size: number;
  /** Another block, or -1. */
  readonly otherSlot: number;
  /** The place in the block, if it matters. */
  readonly offset: number;
  /** The byte that ought to be there, and the one that was, where contents changed. */
  readonly wanted: number;
  readonly found: number;
  /** How the module put it: a trap's message, the import that it gave up with. */
  readonly words: string;
}

/** What is said of a broken rule of which there is nothing to say. */
export const NOWHERE = {
  pointer: 0,
  size: 0,
  otherSlot: -1,
  offset: -1,
  wanted: 0,
  found: 0,
  words: "",
} satisfies Partial<BrokenRule>;
