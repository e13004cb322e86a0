// What a campaign reached of a target's functions and lines, and what it never did, by source file.
import { type CoverageMap, isCovered } from "../wasm/coverage_map.ts";

export interface LineCoverage {
  readonly line: number;
  readonly isReached: boolean;
}

export interface FunctionCoverage {
  readonly name: string;
  /** The line that its code begins with; undefined where no source map says it. */
  readonly line: number | undefined;
  readonly isReached: boolean;
}

/** One source; all functions of code without a source map are of the module's file. */
export interface SourceCoverage {
  readonly source: string;
  /** In order, those that code comes from. */
  readonly lines: readonly LineCoverage[];
  /** In order of their lines. */
  readonly functions: readonly FunctionCoverage[];
  /** The text of a line; empty where it is not known. */
  readonly textOf: (line: number) => string;
}

export interface Coverage {
  /** The target, its machine, and programs that were run, for people. */
  readonly about: string;
  readonly sources: readonly SourceCoverage[];
}

/** What flags mean; `name`: the source of functions that have none. */
export function coverageOfFlags(
  map: CoverageMap,
  flags: Uint32Array,
  { about, name }: { readonly about: string; readonly name: string },
): Coverage {
  const lines = groupedBy(map.lines, ({ source }) => source);
  const functions = groupedBy(map.functions, ({ place }) => place?.source ?? name);
  const sources = [...new Set([...lines.keys(), ...functions.keys()])].sort();
  return {
    about,
    sources: sources.map((source) => ({
      source,
      lines: (lines.get(source) ?? [])
        .map((one) => ({ line: one.line, isReached: isCovered(flags, one) }))
        .sort((one, other) => one.line - other.line),
      functions: (functions.get(source) ?? [])
        .map((one) => {
          return { name: one.name, line: one.place?.line, isReached: isCovered(flags, one) };
        })
        .sort((one, other) => (one.line ?? 0) - (other.line ?? 0)),
      textOf: (line) => map.origin?.linesOf(source)[line - 1] ?? "",
    })),
  };
}

function groupedBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [item]);
    else known.push(item);
  }
  return groups;
}

/** How many of some were reached. */
export interface Share {
  readonly reached: number;
  readonly all: number;
}

export function shareOf(items: readonly { readonly isReached: boolean }[]): Share {
  return { reached: items.filter(({ isReached }) => isReached).length, all: items.length };
}

/** `12 of 40`. */
export function shareText({ reached, all }: Share): string {
  return `${reached} of ${all}`;
}

/** Lines that were never reached, from one to another: none between them was. */
export interface LineRange {
  readonly from: number;
  readonly to: number;
}

export function unreachedRanges(lines: readonly LineCoverage[]): readonly LineRange[] {
  const ranges: LineRange[] = [];
  let from: number | undefined;
  let to = 0;
  for (const { line, isReached } of [...lines, { line: 0, isReached: true }]) {
    if (!isReached) {
      from ??= line;
      to = line;
    } else if (from !== undefined) {
      ranges.push({ from, to });
      from = undefined;
    }
  }
  return ranges;
}

/** `12` or `12-14`. */
export function rangeText({ from, to }: LineRange): string {
  return from === to ? String(from) : `${from}-${to}`;
}
