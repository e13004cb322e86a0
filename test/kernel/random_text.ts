// What of a log is a matter of chance, or of the build, and not of the heap.
//
// Encoded free pointers depend on a random number of each cache. Two runs of the core with other
// numbers show which words of a log do; in the kernel's log those words become {rnd}.
import type { Program } from "../../src/program/op.ts";

const RANDOM = "{rnd}";

interface TwoLogs {
  readonly lines: readonly string[];
  readonly shifted: readonly string[] | undefined;
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

/** A log without the words in which the two runs of the core differ. */
export function maskRandom(log: readonly string[], { lines, shifted }: TwoLogs): readonly string[] {
  if (shifted === undefined) return log;
  return log.map((line, i) => {
    if (lines[i] === undefined || lines[i] === shifted[i]) return line;
    return maskWords(line, lines[i].split(" "), shifted[i].split(" "));
  });
}

function maskWords(line: string, words: readonly string[], others: readonly string[]): string {
  return line
    .split(" ")
    .map((word, i) => (i < words.length && words[i] !== others[i] ? RANDOM : word))
    .join(" ");
}

/** Parts of a log that differ from boot to boot, and what is left of them. */
const CHANCE: readonly (readonly [RegExp, string])[] = [
  // Words of a dump that point into the kernel's code.
  [/(?:[0-9a-f]{2} ){3}[89][0-9a-f] ff ff ff ff/g, "<text>"],
  // The time in a track: jiffies begin shortly before they overflow.
  [/(?:[0-9a-f]{2} ){2}f[ef] ff 00 00 00 00/g, "<when>"],
  // The thread that flushes the slabs of a CPU.
  [/(WARNING: CPU: \d+ PID: )\d+/, "$1*"],
  // How many pages of stacks there are.
  [/out of bounds \(\d+\) for stack/g, "out of bounds (*) for stack"],
  // A raw pointer into memory, perhaps with other top bytes: the page frame is a matter of luck.
  [/\b([0-9a-f]{3,4})8880[0-9a-f]{5}([0-9a-f]{3})\b/g, "$18880*****$2"],
  [/\b[0-9a-f]{2}ffff8880[0-9a-f]{6}\b/g, "**ffff8880******"],
  // Raw addresses of code, and the time, where a track was taken for a pointer.
  [/\bffffffff81[0-9a-f]{6}\b/g, "ffffffff81******"],
  [/\b([0-9a-f]{0,4})ffffff81[0-9a-f]{6}((?:[0-9a-f]{2})?)\b/g, "$1ffffff81******$2"],
  [/\b00000000fff[ef][0-9a-f]{4}\b/g, "00000000ffff****"],
  [/\bffffea[0-9a-f]{10}\b/g, "ffffea**********"],
  // A list head in a kmem_cache_node, which no script ever sees.
  [/^( {4}\| list_.*next(?: \(|=))ffff[0-9a-f*]+/, "$1*"],
  // An object of less than a word shows a part of a free pointer.
  [/^( {4}\| Object +\{[^}]*\}: )(?:[0-9a-f]{2} ?){1,7}$/, "$1*"],
];
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
