// Programs for foreign allocators as text, one operation a line, in the manner of SLUB's scripts:
//
//   # target: node_modules/lz4-wasm-nodejs/lz4_wasm_nodejs_bg.wasm
//   # exports: malloc=Ia,free=Ja         only where they were named
//   # fuel: 1000000                      the limits of the module, likewise
//   # memory: 64MiB
//   alloc b0 24 8                        comments and empty lines do not count
import { unknownText } from "../../base/option_text.ts";
import { CommentList, linesOf, quotedWord, wordsIn } from "../../base/text_lines.ts";
import { reworded, UserError } from "../../base/user_error.ts";
import { BUG_NAMES, isBugName } from "../../target/bug_names.ts";
import type { ModuleLimits } from "../../target/options.ts";
import { choiceOf, type ForeignChoice } from "../load/choice.ts";
import { limitsOf, memoryText, parseFuel, parseMemory } from "../load/limits.ts";
import type { ForeignOp, ForeignOpName } from "./op.ts";
import { FIELDS, FOREIGN_OPS, FOREIGN_SLOTS_MAX, HAS_NO_SLOT } from "./op.ts";

export interface ForeignProgram {
  readonly choice: ForeignChoice;
  /** The class of its mistake; none for a correct program. */
  readonly bug: string;
  readonly comments: readonly string[];
  readonly ops: readonly ForeignOp[];
}

/** Numbers that may be negative: offsets. */
const SIGNED_FIELDS = ["offset"];
const U32_MAX = 0xffffffff;

export function printForeignOp({ op, slot, a, b, c }: ForeignOp): string {
  const numbers = FIELDS[op].map((_, i) => String([a, b, c][i]));
  // The default alignment is left out.
  if (op === "alloc" && b === 0) numbers.pop();
  return [op, ...(slot < 0 ? [] : [slotName(slot)]), ...numbers].join(" ");
}

export function slotName(slot: number): string {
  return `b${slot}`;
}

/** `alloc BLOCK SIZE [ALIGN]`. */
export function foreignUsage(op: ForeignOpName): string {
  const fields = FIELDS[op].map((field) => {
    return field === "align" ? "[ALIGN]" : field.toUpperCase();
  });
  return [op, ...(HAS_NO_SLOT.includes(op) ? [] : ["BLOCK"]), ...fields].join(" ");
}

export function printForeign({ choice, bug, comments, ops }: ForeignProgram): string {
  const header = [
    `# target: ${choice.target}`,
    ...(choice.exports === undefined ? [] : [`# exports: ${choice.exports}`]),
    ...(choice.fuel === undefined ? [] : [`# fuel: ${choice.fuel}`]),
    ...(choice.memory === undefined ? [] : [`# memory: ${memoryText(choice.memory)}`]),
    ...(bug === "none" ? [] : [`# bug: ${bug}`]),
    ...comments.map((comment) => `# ${comment}`),
  ];
  return `${[...header, ...ops.map(printForeignOp)].join("\n")}\n`;
}

const HEADER_LINE = /^#[ \t]*(target|exports|fuel|memory|bug):[ \t]*(\S.*)$/;
/** No generated program comes near; recorded ones do. */
export const FOREIGN_OPS_MAX = 262_144;

/** What does not come from a script's header: another module, other limits. */
interface Told {
  readonly choice?: ForeignChoice;
  readonly limits?: ModuleLimits;
}

/** Reads a script; `name` is its file, for complaints. */
export function parseForeign(text: string, name: string, told: Told = {}): ForeignProgram {
  const header = new Map<string, string>();
  const comments = new CommentList();
  const ops: ForeignOp[] = [];
  const at = (message: string) => `${name}: ${message}`;
  for (const { line, place } of linesOf(text, name)) {
    const [, key, value] = (ops.length === 0 ? HEADER_LINE.exec(line) : null) ?? [];
    const operation = line.replace(/[ \t]*#.*/, "");
    if (key !== undefined) {
      if (header.has(key)) throw new UserError(`${place}: "# ${key}:" stands here twice`);
      header.set(key, value);
    } else if (line.startsWith("#")) {
      reworded(at, () => comments.add(line.slice(1).trim()));
    } else if (operation !== "") ops.push(parseOp(wordsIn(operation), place));
    if (ops.length > FOREIGN_OPS_MAX) {
      throw new UserError(`${place}: more than ${FOREIGN_OPS_MAX} operations`);
    }
  }
  const target = told.choice?.target ?? header.get("target");
  if (target === undefined) throw new UserError(`${name}: does not say its target`);
  const bug = header.get("bug") ?? "none";
  if (!isBugName(bug)) throw new UserError(`${name}: ${unknownText("bug class", bug, BUG_NAMES)}`);
  const own = choiceOf({ target, exports: header.get("exports"), ...limitsIn(header, name) });
  const choice = { ...(told.choice ?? own), ...told.limits };
  return { choice, bug, comments: comments.comments, ops };
}

function limitsIn(header: ReadonlyMap<string, string>, name: string): ModuleLimits {
  const read = (key: string, parse: (text: string) => number) => {
    const text = header.get(key);
    const at = (problem: string) => `${name}: "# ${key}: ${text}" ${problem}`;
    return text === undefined ? undefined : reworded(at, () => parse(text));
  };
  return limitsOf({ fuel: read("fuel", parseFuel), memory: read("memory", parseMemory) });
}

function parseOp(words: readonly string[], place: string): ForeignOp {
  const [word, ...rest] = words;
  if (!isOpName(word)) {
    throw new UserError(`${place}: ${unknownText("operation", word, FOREIGN_OPS)}`);
  }
  const hasSlot = !HAS_NO_SLOT.includes(word);
  const fields = FIELDS[word];
  const numbers = hasSlot ? rest.slice(1) : rest;
  const least = word === "alloc" ? 1 : fields.length;
  if (numbers.length < least || numbers.length > fields.length || (hasSlot && rest.length === 0)) {
    throw new UserError(`${place}: usage: ${foreignUsage(word)}`);
  }
  const [a = 0, b = 0, c = 0] = numbers.map((text, i) => numberIn(text, fields[i], place));
  return { op: word, slot: hasSlot ? slotIn(rest[0], place) : -1, a, b, c };
}

function isOpName(word: string): word is ForeignOpName {
  return (FOREIGN_OPS as readonly string[]).includes(word);
}

function slotIn(text: string, place: string): number {
  const slot = /^b(\d{1,5})$/.exec(text)?.[1];
  if (slot !== undefined && Number(slot) < FOREIGN_SLOTS_MAX) return Number(slot);
  throw new UserError(
    `${place}: ${quotedWord(text)} is no block (b0 to b${FOREIGN_SLOTS_MAX - 1})`,
  );
}

function numberIn(text: string, field: string, place: string): number {
  const value = Number(text);
  const isSigned = SIGNED_FIELDS.includes(field);
  const isWhole = /^-?(0x[0-9a-f]{1,8}|\d{1,10})$/i.test(text);
  const least = isSigned ? -0x80000000 : 0;
  if (isWhole && value >= least && value <= U32_MAX) return value;
  throw new UserError(`${place}: ${quotedWord(text)} is no ${field}`);
}
