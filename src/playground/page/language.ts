// The script language for the editor: colours of words, and what can stand where the cursor is.
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { tags } from "@lezer/highlight";
import { wordsIn } from "../../base/text_lines.ts";
import type { FieldKind } from "../../slub/program/fields.ts";
import { isHeaderLine } from "../../slub/program/header_text.ts";
import { isOpWord, OP_WORDS, operationOf } from "../../slub/program/operations.ts";
import { usageOf } from "../../slub/program/syntax.ts";
import { PROFILES, VARIANTS } from "../../slub/program/variant.ts";

const NUMBER = /^[+-]?(0x[0-9a-f]+|\d+)$/i;

const language = StreamLanguage.define({
  name: "slab",
  token(stream) {
    const isFirst = stream.sol() || /^\s*$/.test(stream.string.slice(0, stream.pos));
    if (stream.eatSpace()) return null;
    if (isFirst && stream.peek() === "#") {
      const isHeader = isHeaderLine(stream.string.trim());
      stream.skipToEnd();
      return isHeader ? "meta" : "comment";
    }
    const [word] = stream.match(/^\S+/) as RegExpMatchArray;
    if (isFirst) return isOpWord(word) ? "keyword" : "invalid";
    return NUMBER.test(word) ? "number" : "variableName";
  },
});

/** Colours are those of the page, in light and dark; operations are bold, too. */
const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--word)", fontWeight: "700" },
  { tag: tags.number, color: "var(--number)" },
  { tag: tags.comment, color: "var(--soft)", fontStyle: "italic" },
  { tag: tags.meta, color: "var(--meta)" },
  { tag: tags.invalid, color: "var(--hurt-ink)" },
]);

export const slabLanguage: Extension = [language, syntaxHighlighting(colours)];

/** Fields that name what an operation makes. */
const MADE: Readonly<Partial<Record<FieldKind, "cache" | "slot" | "row">>> = {
  newCache: "cache",
  slot: "slot",
  pointerSlot: "slot",
  nextSlot: "slot",
  regionSlot: "slot",
  sheafSlot: "slot",
  objectSlot: "slot",
  prefix: "row",
};

/** Fields that name what an earlier operation made. */
const USED: Readonly<Partial<Record<FieldKind, "cache" | "slot" | "row">>> = {
  cache: "cache",
  target: "slot",
  walked: "slot",
  pointer: "slot",
  value: "slot",
  other: "slot",
  head: "slot",
  targets: "slot",
  filledSheaf: "slot",
  freedPrefix: "row",
};

export function completions(context: CompletionContext): CompletionResult | null {
  const { text, from } = context.state.doc.lineAt(context.pos);
  const before = text.slice(0, context.pos - from);
  if (/^\s*#/.test(before)) return headerCompletions(before, context.pos);
  const words = wordsIn(before.trimStart());
  const last = words.at(-1) ?? "";
  if (last === "" && !context.explicit && words.length < 2) return null;
  const options = words.length === 1 ? OPERATIONS : argumentsAt(words, context, from);
  return options.length === 0 ? null : { from: context.pos - last.length, options };
}

const OPERATIONS: readonly Completion[] = OP_WORDS.map((op) => ({
  label: op,
  type: "keyword",
  detail: usageOf(op).slice(op.length + 1),
  info: operationOf(op).help,
}));

function argumentsAt(
  [op, ...words]: readonly string[],
  { state }: CompletionContext,
  end: number,
): readonly Completion[] {
  if (!isOpWord(op)) return [];
  const { fields } = operationOf(op);
  const kind = fields[words.length - 1] ?? (fields.at(-1) === "targets" ? "targets" : undefined);
  const wanted = kind === undefined ? undefined : USED[kind];
  if (wanted === undefined) return [];
  return [...namesIn(state.sliceDoc(0, end), wanted)].map((label) => ({ label, type: "variable" }));
}

/** Names that lines of a text make. */
function namesIn(text: string, wanted: "cache" | "slot" | "row"): ReadonlySet<string> {
  const names = new Set<string>();
  for (const line of text.split("\n")) {
    const [op, ...words] = wordsIn(line.trim());
    if (!isOpWord(op)) continue;
    for (const [i, kind] of operationOf(op).fields.entries()) {
      const name = words[i];
      const made = MADE[kind];
      if (name === undefined || made === undefined) continue;
      if (made === wanted) names.add(name);
      if (made === "row" && wanted === "slot") names.add(`${name}0`);
    }
  }
  return names;
}

const HEADERS: Readonly<Record<string, readonly string[]>> = {
  profile: PROFILES,
  boot: Object.keys(VARIANTS),
  cpus: [],
};

function headerCompletions(before: string, pos: number): CompletionResult | null {
  const [, key, value] = /^\s*#\s*(\w*)(?::\s*(\S*))?$/.exec(before) ?? [];
  if (key === undefined) return null;
  const words = value === undefined ? Object.keys(HEADERS).map((one) => `${one}: `) : HEADERS[key];
  const options = (words ?? []).map((label) => ({ label, type: "property" }));
  return { from: pos - (value ?? key).length, options };
}
