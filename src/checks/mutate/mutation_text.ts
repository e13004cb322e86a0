// A mutation run in words. It declares the record that it needs.
import { shortened } from "../../base/visible.ts";
import { countText } from "../../campaign/quantity_text.ts";

/** A mutant and what became of it. */
export interface MutationRow {
  /** Where it is: `assembly/slab/free.ts:222:14`. */
  readonly place: string;
  readonly source: string;
  readonly function: string;
  readonly operator: string;
  /** The line of the source. */
  readonly text: string;
  readonly state: "killed" | "survived" | "not-reached" | "failed";
  readonly killer: string | undefined;
  readonly check: string | undefined;
  readonly programs: number;
  readonly ms: number;
  readonly stumble: string | undefined;
  /** Why nothing can tell it from the original, where it is listed as equivalent. */
  readonly equivalent: string | undefined;
}

interface MutationScore {
  readonly mutants: number;
  readonly killed: number;
  /** Listed as equivalent. */
  readonly equivalent: number;
  /** Killed, of those not listed; 1 where there are none. */
  readonly score: number;
}

export function scoreOf(rows: readonly MutationRow[]): MutationScore {
  const counted = rows.filter(({ equivalent }) => equivalent === undefined);
  const killed = counted.filter(({ state }) => state === "killed").length;
  return {
    mutants: rows.length,
    killed,
    equivalent: rows.length - counted.length,
    score: counted.length === 0 ? 1 : killed / counted.length,
  };
}

/** The result in one line. */
export function scoreLine(rows: readonly MutationRow[]): string {
  const { mutants, killed, equivalent, score } = scoreOf(rows);
  const share = percent(equivalent / mutants);
  const listed = `${countText(equivalent)} listed as equivalent (${share})`;
  const part = `${countText(killed)} of ${countText(mutants - equivalent)} killed`;
  return `mutation score ${percent(score)}: ${part}, ${listed}`;
}

function percent(part: number): string {
  // 94.96 % is not 95 %.
  return `${(Math.floor(1000 * part + 1e-9) / 10).toFixed(1)} %`;
}

/** Mutants killed by each check, by source, and the time. */
export function mutationTables(rows: readonly MutationRow[]): readonly string[] {
  return [
    ...killerTable(rows),
    "",
    ...checkTable(rows),
    "",
    ...sourceTable(rows),
    "",
    ...timeLines(rows),
  ];
}

export function killerTable(rows: readonly MutationRow[]): readonly string[] {
  const killed = rows.filter(({ killer }) => killer !== undefined);
  const about: Readonly<Record<string, string>> = {
    invariants: "a rule of the allocator broke on a clean program",
    detectors: "a planted misuse was judged as it must not be",
    twins: "something was said of a program without its misuse",
    golden: "a program was answered otherwise, and no rule broke",
    cost: "an operation became dearer, and nothing else changed",
    trapped: "the allocator itself trapped",
    hung: "a program took more rounds of loops than it may",
    refused: "the core did not boot a machine",
  };
  return [
    "killed by",
    ...Object.entries(about).flatMap(([killer, words]) => {
      const count = killed.filter((row) => row.killer === killer).length;
      return count === 0 ? [] : [`  ${cell(count)}  ${killer.padEnd(11)} ${words}`];
    }),
  ];
}

/** Checks that are told by name. */
const CHECKS_SHOWN = 12;

function checkTable(rows: readonly MutationRow[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { check } of rows) {
    if (check !== undefined) counts.set(check, (counts.get(check) ?? 0) + 1);
  }
  const sorted = [...counts].sort((one, two) => two[1] - one[1]);
  const shown = sorted.slice(0, CHECKS_SHOWN);
  const rest = sorted.slice(CHECKS_SHOWN);
  const more = rest.reduce((sum, [, count]) => sum + count, 0);
  return [
    "in the programs of",
    ...shown.map(([check, count]) => `  ${cell(count)}  ${check}`),
    ...(more === 0 ? [] : [`  ${cell(more)}  ${rest.length} others`]),
  ];
}

function sourceTable(rows: readonly MutationRow[]): readonly string[] {
  const sources = [...new Set(rows.map(({ source }) => source))];
  const width = Math.max(...sources.map((source) => source.length));
  const head = `${"".padEnd(width)}  mutants  killed  survived  not reached  equivalent   score`;
  return [head, ...sources.map((source) => sourceLine(rows, source, width))];
}

function sourceLine(rows: readonly MutationRow[], source: string, width: number): string {
  const own = rows.filter((row) => row.source === source);
  const { killed, equivalent, score } = scoreOf(own);
  const left = own.filter((row) => row.state !== "killed" && row.equivalent === undefined);
  const unreached = left.filter(({ state }) => state === "not-reached").length;
  const cells = [
    ...[String(own.length).padStart(7), String(killed).padStart(6)],
    ...[String(left.length - unreached).padStart(8), String(unreached).padStart(11)],
    ...[String(equivalent).padStart(10), percent(score).padStart(6)],
  ];
  return `${source.padEnd(width)}  ${cells.join("  ")}`;
}

function timeLines(rows: readonly MutationRow[]): readonly string[] {
  const killed = rows.filter(({ state }) => state === "killed");
  if (killed.length === 0) return [];
  const programs = quantiles(killed.map((row) => row.programs));
  const ms = quantiles(killed.map((row) => row.ms));
  return [
    `programs until killed: ${programs.join(" / ")}; milliseconds: ${ms.join(" / ")}` +
      "  (half / nine in ten / the slowest)",
  ];
}

function quantiles(values: readonly number[]): readonly number[] {
  const sorted = [...values].sort((one, two) => one - two);
  const at = (part: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
  return [at(0.5), at(0.9), at(1)];
}

/** A source of one line is a line, too. */
const LINE_MAX = 200;

/** Mutants that survived, with their lines, without those listed as equivalent. */
export function survivorLines(rows: readonly MutationRow[]): readonly string[] {
  const left = rows.filter(
    ({ state, equivalent }) => state !== "killed" && equivalent === undefined,
  );
  return left.flatMap((row) => {
    const why = row.state === "survived" ? "" : `  (${row.stumble ?? "no program comes by"})`;
    return [
      `${row.place} ${row.function}: ${row.operator}${why}`,
      `    ${shortened(row.text, LINE_MAX)}`,
    ];
  });
}

function cell(count: number): string {
  return String(count).padStart(6);
}
