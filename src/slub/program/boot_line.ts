// The text behind `# boot:`: a variant and the kernel's own parameters.
import { DEFAULT_DEBUG_LETTERS, Letter } from "../../abi.ts";
import { unknownText } from "../../base/option_text.ts";
import { UserError } from "../../base/user_error.ts";
import type { DebugBlock, Machine, NamePattern, SlubDebug, VariantName } from "./machine.ts";
import type { ProfileName } from "./op.ts";
import { isVariantName, VARIANTS } from "./variant.ts";

/** A boot line, taken apart; the parameters are not yet understood. */
export interface BootLine {
  readonly variant: VariantName;
  readonly parameters: readonly string[];
}

/** What the parameters say. */
interface BootParameters {
  readonly slubDebug: SlubDebug;
  readonly nomerge: boolean;
  /** Kernel options that a parameter decides, whatever the configuration says. */
  readonly choices: { readonly initOnAlloc?: boolean };
  /** Parameters that this kernel passes over because they are another version's. */
  readonly ignored: readonly string[];
}

/** Takes a boot line apart; refuses a variant and parameters that no kernel here has. */
export function parseBootLine(text: string): BootLine {
  const [variant, ...parameters] = text.trim().split(/[ \t]+/);
  if (!isVariantName(variant)) {
    throw new UserError(unknownText("variant", variant, Object.keys(VARIANTS)));
  }
  for (const parameter of parameters) {
    if (!KNOWN.includes(nameOf(parameter))) {
      throw new UserError(`kernel parameter ${JSON.stringify(parameter)} is not modelled`);
    }
  }
  return { variant, parameters };
}

const KNOWN = [
  ...["slub_debug", "slab_debug", "slub_nomerge", "slab_nomerge", "slab_merge"],
  "init_on_alloc",
];
const OTHER_VERSIONS: Readonly<Record<ProfileName, readonly string[]>> = {
  "v3.10": ["slab_debug", "slab_nomerge", "slab_merge", "init_on_alloc"],
  "v6.1": ["slab_debug"],
  "v6.12": [],
  "v7.3": [],
};

/** Understands parameters as the kernel of this profile does; of repeated ones the last counts. */
export function readParameters(
  profile: ProfileName,
  parameters: readonly string[],
): BootParameters {
  let slubDebug = NO_SLUB_DEBUG;
  let nomerge = false;
  let choices = {};
  const ignored: string[] = [];
  for (const parameter of parameters) {
    const name = nameOf(parameter);
    if (OTHER_VERSIONS[profile].includes(name)) ignored.push(parameter);
    else if (name === "init_on_alloc") choices = { initOnAlloc: isSwitchedOn(parameter) };
    else if (name.endsWith("_debug")) slubDebug = parseSlubDebug(profile, argumentOf(parameter));
    else nomerge = name.endsWith("_nomerge");
  }
  return { slubDebug, nomerge, choices, ignored };
}

/** The boot line that says what a machine was booted with. */
export function bootLineOf(machine: Machine): string {
  const words: string[] = [machine.variant];
  const { given, text } = machine.slubDebug;
  if (given) words.push(text === undefined ? "slub_debug" : `slub_debug=${text}`);
  if (machine.nomerge) words.push("slub_nomerge");
  if (machine.initOnAlloc !== usesInitOnAlloc(machine)) {
    words.push(`init_on_alloc=${machine.initOnAlloc ? 1 : 0}`);
  }
  return words.join(" ");
}

/** Whether the variant clears what is allocated without being told. */
function usesInitOnAlloc({ profile, variant }: Machine): boolean {
  return VARIANTS[variant].initOnAlloc && profile !== "v3.10";
}

/** The value of a parameter that is on or off, as kstrtobool() reads it. */
function isSwitchedOn(parameter: string): boolean {
  const value = argumentOf(parameter) ?? "";
  if (/^(?:[1yt]|on)/i.test(value)) return true;
  if (/^(?:[0nf]|of)/i.test(value)) return false;
  throw new UserError(`kernel parameter ${JSON.stringify(parameter)} is neither 0 nor 1`);
}

function nameOf(parameter: string): string {
  return parameter.split("=", 1)[0];
}

/** What stands behind the `=`, without the quotes that the kernel's command line allows. */
function argumentOf(parameter: string): string | undefined {
  const equals = parameter.indexOf("=");
  if (equals < 0) return undefined;
  return parameter.slice(equals + 1).replace(/^"(.*)"$/, "$1");
}

const DEBUG_LETTERS: Readonly<Record<string, number>> = {
  f: Letter.F,
  z: Letter.Z,
  p: Letter.P,
  u: Letter.U,
  t: Letter.T,
  // Fault injection: known to the kernel, and without effect unless it was configured.
  a: 0,
};

/** No slub_debug parameter at all. */
export const NO_SLUB_DEBUG: SlubDebug = {
  text: undefined,
  given: false,
  global: 0,
  blocks: [],
  orderGuard: false,
  unknown: "",
};

/**
 * Understands the parameter's value; undefined is a bare `slub_debug`. 3.10 knows one list,
 * LETTERS[,PREFIX], whose name is a beginning; 6.x knows BLOCK[;BLOCK...] with BLOCK =
 * LETTERS[,NAME[,NAME...]], and a NAME may end in *. A block without names sets the letters of
 * every cache that no list names; of the lists, the first that has a matching name decides alone.
 */
export function parseSlubDebug(profile: ProfileName, text: string | undefined): SlubDebug {
  const given: SlubDebug = { ...NO_SLUB_DEBUG, text, given: true };
  if (text === undefined || text === "") return { ...given, global: DEFAULT_DEBUG_LETTERS };
  return profile === "v3.10" ? parseOneList(given, text) : parseBlocks(given, text);
}

function parseOneList(given: SlubDebug, text: string): SlubDebug {
  if (/^o/i.test(text)) return { ...given, global: DEFAULT_DEBUG_LETTERS, orderGuard: true };
  if (text.startsWith("-")) return given;
  const comma = text.indexOf(",");
  const word = comma < 0 ? text : text.slice(0, comma);
  const letters = comma === 0 ? DEFAULT_DEBUG_LETTERS : oldLettersOf(word);
  const unknown = unknownLettersOf(word, "fzputa");
  if (comma < 0) return { ...given, global: letters, unknown };
  const prefix = { text: text.slice(comma + 1), isPrefix: true };
  return { ...given, blocks: [{ letters, patterns: [prefix] }], unknown };
}

function parseBlocks(given: SlubDebug, text: string): SlubDebug {
  const blocks: DebugBlock[] = [];
  let global = 0;
  for (const block of text.split(";").filter((part) => part !== "")) {
    const [word, ...names] = block.split(",");
    const letters = block.startsWith(",") ? DEFAULT_DEBUG_LETTERS : newLettersOf(word);
    if (block.includes(",")) blocks.push({ letters, patterns: names.map(patternOf) });
    else global = letters;
  }
  const words = text.split(";").map((block) => block.split(",")[0]);
  const unknown = unknownLettersOf(words.join(""), "fzputao-");
  return { ...given, global, blocks, orderGuard: words.some((word) => /o/i.test(word)), unknown };
}

/** In 3.10 every letter adds to the ones before it. */
function oldLettersOf(word: string): number {
  let letters = 0;
  for (const letter of word.toLowerCase()) letters |= DEBUG_LETTERS[letter] ?? 0;
  return letters;
}

/** Since 5.8 a `-` takes back what stands before it in the block. */
function newLettersOf(word: string): number {
  return oldLettersOf(word.slice(word.lastIndexOf("-") + 1));
}

function unknownLettersOf(word: string, known: string): string {
  return [...word].filter((letter) => !known.includes(letter.toLowerCase())).join("");
}

/** A `*` ends the comparison wherever it stands. */
function patternOf(name: string): NamePattern {
  const star = name.indexOf("*");
  return star < 0 ? { text: name, isPrefix: false } : { text: name.slice(0, star), isPrefix: true };
}

/** Letter bits that the boot parameter adds to a cache whose own letters are `own`. */
export function debugLettersFor(
  profile: ProfileName,
  debug: SlubDebug,
  cacheName: string,
  own: number,
): number {
  const guard = debug.orderGuard ? Letter.ORDER_GUARD : 0;
  const named = debug.blocks.find((block) => block.patterns.some((p) => matches(p, cacheName)));
  if ((own & Letter.O) !== 0) return 0;
  if (named !== undefined) return named.letters | guard;
  return globalLettersFor(profile, debug.global, own) | guard;
}

/**
 * Caches with SLAB_NOLEAKTRACE are spared the tracks of a global U; 3.10 does not know that rule.
 */
function globalLettersFor(profile: ProfileName, global: number, own: number): number {
  const sparing = profile === "v7.3" ? Letter.N : Letter.NOLEAKTRACE;
  const isSpared = profile !== "v3.10" && (own & sparing) !== 0;
  return isSpared ? global & ~Letter.U : global;
}

function matches(pattern: NamePattern, name: string): boolean {
  return pattern.isPrefix ? name.startsWith(pattern.text) : name === pattern.text;
}
