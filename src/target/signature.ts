// What makes two findings the same bug, in parts and as one text. Stable across seeds and layouts:
// no address, name of a cache or number is in it.
//
//   off-by-one|right-redzone|own-cell|Right Redzone overwritten at free
//   bit-flip|free-pointer|own-cell|Freechain corrupt (late) at alloc
//   none|-|nowhere|invariant slab-inuse     a broken rule
//   none|lz4|-|invariant corrupt            the same of a module, with its name
import type { Verdict } from "./verdict.ts";

export interface Signature {
  /** All of it. */
  readonly text: string;
  /** The bug class that is to blame, `none` for none. */
  readonly cause: string;
  /** What was damaged; the module's name if the allocator is one. */
  readonly field: string;
  /** How far the damage reached. */
  readonly reach: string;
  readonly symptom: SymptomParts;
}

/** How a finding showed. */
export interface SymptomParts {
  /** The verdict, where words and rule alone do not tell it. */
  readonly note?: Verdict | undefined;
  /** The rule that was broken, and what its break comes to. */
  readonly rule?: { readonly verdict: Verdict; readonly name: string } | undefined;
  /** What was said; may be empty beside a rule. */
  readonly words: string;
  /** The kind of operation that showed it. */
  readonly at?: string | undefined;
}

/** A part of which nothing is known. */
const UNKNOWN = "-";
/** Verdicts that are noted behind the words; the others stand before them. */
const BEHIND: readonly Verdict[] = ["late", "misattributed"];

export function signatureOf(parts: Omit<Signature, "text">): Signature {
  const { cause, field, reach, symptom } = parts;
  return { ...parts, text: [cause, field, reach, symptomText(symptom)].join("|") };
}

/** A signature that says what was seen, and nothing about memory. */
export function bareSignature(cause: string, symptom: SymptomParts): Signature {
  return signatureOf({ cause, field: UNKNOWN, reach: UNKNOWN, symptom });
}

/** `broken` stands before the name of a rule. */
export function symptomText(
  { note, rule, words, at }: SymptomParts,
  broken: string | undefined = rule?.verdict,
): string {
  const colon = rule === undefined || words === "" ? "" : ": ";
  const named = rule === undefined ? "" : `${broken} ${rule.name}${colon}`;
  const showed = at === undefined ? "" : ` at ${at}`;
  if (note === undefined) return `${named}${words}${showed}`;
  if (BEHIND.includes(note)) return `${named}${words} (${note})${showed}`;
  return `${note}: ${named}${words}${showed}`;
}

/** Who spoke, whatever else is noted; undefined where none did. */
export function spokenText({ note, rule, words }: SymptomParts): string | undefined {
  const verdict = note ?? rule?.verdict;
  if (verdict === "blind" || verdict === "escaped") return undefined;
  const isBehind = note !== undefined && BEHIND.includes(note);
  return symptomText({ note: isBehind ? undefined : note, rule, words });
}

/** The rule that the allocator broke without an excuse. */
export function brokenRule({ symptom: { note, rule } }: Signature): string | undefined {
  const isExcused = note !== undefined && !BEHIND.includes(note);
  return rule?.verdict === "invariant" && !isExcused ? rule.name : undefined;
}

const PARTS = /^([^|]*)\|(.*)\|([^|]*)\|([^|]*)$/;
const SYMPTOM =
  /^(?:(escaped|blind|masked|misuse): )?(.*?)(?: \((late|misattributed)\))?(?: at ([a-z-]+))?$/;
const RULE = /^(invariant|blind|oops|detected|late) ([a-z-]+)(?:: (.*))?$/;

/** Reads a signature in a file. One that was written by other means is words and nothing else. */
export function parseSignature(text: string): Signature {
  const [, cause = "", field = "", reach = "", symptom = text] = PARTS.exec(text) ?? [];
  return { text, cause, field, reach, symptom: parseSymptom(symptom) };
}

function parseSymptom(text: string): SymptomParts {
  const [, before, body = text, behind, at] = SYMPTOM.exec(text) ?? [];
  const [, verdict, name, words = ""] = RULE.exec(body) ?? [];
  const note = (before ?? behind) as Verdict | undefined;
  if (verdict === undefined) return { note, rule: undefined, words: body, at };
  return { note, rule: { verdict: verdict as Verdict, name }, words, at };
}
