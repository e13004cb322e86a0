// What of a log is a matter of chance, and not of the heap: where slabs lie, when something was
// done, what the stack depot holds, and the random numbers of encoded free pointers.
//
// Two runs of the core on machines that differ in these, and in nothing else, show which parts of a
// log depend on them; in the kernel's log those parts become {rnd}.
import type { Program } from "../../src/slub/program/op.ts";

const RANDOM = "{rnd}";
const HEX_RUN = /[0-9a-f]+/g;

interface TwoLogs {
  readonly lines: readonly string[];
  readonly shifted: readonly string[];
}

/** True if two logs differ in single words only: the same lines with the same number of words. */
export function hasSameShape(lines: readonly string[], shifted: readonly string[]): boolean {
  if (lines.length !== shifted.length) return false;
  return lines.every((line, i) => line === shifted[i] || sameWords(line, shifted[i]));
}

function sameWords(line: string, other: string): boolean {
  if (line.startsWith("@@ op") !== other.startsWith("@@ op")) return false;
  return line.split(" ").length === other.split(" ").length;
}

/** A log without the parts in which the two runs of the core differ. */
export function maskRandom(log: readonly string[], { lines, shifted }: TwoLogs): readonly string[] {
  return log.map((line, i) => {
    if (lines[i] === undefined || lines[i] === shifted[i]) return line;
    return maskWords(line, lines[i].split(" "), shifted[i].split(" "));
  });
}

function maskWords(line: string, words: readonly string[], others: readonly string[]): string {
  return line
    .split(" ")
    .map((word, i) => maskWord(word, words[i] ?? "", others[i] ?? ""))
    .join(" ");
}

/** Of a word as long as the core's, only the bytes that differ. */
function maskWord(word: string, mine: string, other: string): string {
  if (mine === other) return word;
  if (word.length !== mine.length || mine.length !== other.length) return RANDOM;
  const isRandom = differingBytes(mine, other);
  const marked = [...word].map((letter, i) => (isRandom[i] ? "\0" : letter)).join("");
  return marked.replaceAll(/\0+/g, RANDOM);
}

/** For each letter whether the byte that it is a digit of differs; bytes count from the end. */
function differingBytes(mine: string, other: string): readonly boolean[] {
  const differs = [...mine].map((letter, i) => letter !== other[i]);
  for (const { 0: run, index } of mine.matchAll(HEX_RUN)) {
    for (let end = index + run.length; end > index; end -= 2) {
      const first = Math.max(index, end - 2);
      const either = differs[first] || differs[end - 1];
      differs.fill(either, first, end);
    }
  }
  return differs;
}

/** Other parts that differ from boot to boot, and what is left of them. */
const CHANCE: readonly (readonly [RegExp, string])[] = [
  // The thread that flushes the slabs of a CPU.
  [/(WARNING: CPU: \d+ PID: )\d+/, "$1*"],
  // The same of 7.x, and the one that frees what waited for a grace period: ksoftirqd with one CPU,
  // else a worker on any of them.
  [/(WARNING: .* at \S+, CPU#)\d+: \S+$/, "$1*"],
  // A list head in a kmem_cache_node, which no script ever sees.
  [/(?<=^ {4}\| list_.*)ffff88[0-9a-f]{10}/g, "*"],
  // How many pages of stacks there are.
  [/out of bounds \(\d+\) for stack/g, "out of bounds (*) for stack"],
];
/** A struct page of a slab: which, is a matter of luck, but not where in it. */
const STRUCT_PAGE = /\bffffea[0-9a-f]{8}([0-9a-f]{2})\b/g;
const STRUCT_PAGE_MASK = 0x3f;
const GONE = / gone:(\S+)\/s\d+/g;
const COUNT = /^(@@ op (\d+): ctorcalls => )\d+$/;
const NUMBERED = /([\w.]+)\/s\d+/g;
const LISTED = /^@@ op \d+: (?:list|state) (\S+) => /;

/**
 * A log without what is a matter of chance: also without the slabs that other programs gave back,
 * and the numbers of those of RCU caches, which are gone when a grace period happens to end.
 */
export function withoutChance(log: readonly string[], { ops }: Program): readonly string[] {
  const caches = ops.filter((op) => op.op === "cache");
  const late = new Set(caches.filter(({ flags }) => flags.includes("R")).map(({ name }) => name));
  const own = new Set(caches.map(({ name }) => name).filter((name) => !late.has(name)));
  const firstCache = ops.findIndex(({ op }) => op === "cache");
  return log.map((line) => {
    const text = CHANCE.reduce((left, [pattern, by]) => left.replace(pattern, by), line)
      .replace(STRUCT_PAGE, (_, low) => `page+${Number.parseInt(low, 16) & STRUCT_PAGE_MASK}`)
      .replace(GONE, (all, cache) => (own.has(cache) ? all : ""))
      .replace(COUNT, (all, head, op) => (Number(op) < firstCache ? `${head}*` : all));
    return late.size === 0 ? text : withoutNumbersOf(text, late);
  });
}

function withoutNumbersOf(line: string, caches: ReadonlySet<string>): string {
  const isAbout = [...line.matchAll(NUMBERED)].some(([, cache]) => caches.has(cache));
  const listed = LISTED.exec(line)?.[1] ?? "";
  const text = caches.has(listed) ? line.replace(/ s\d+\(/g, " s*(") : line;
  if (!isAbout) return text;
  return text
    .replace(NUMBERED, (all, cache) => (caches.has(cache) ? `${cache}/s*` : all))
    .replace(/ new\b/g, "");
}
