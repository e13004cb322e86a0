// A run of the benchmark as a page that people can show each other: time against detection, time
// against living objects, where the bytes go, and every figure in a table.

import { wilson } from "../../base/interval.ts";
import { barChartOf } from "../../html/chart.ts";
import { documentOf, type PageSection } from "../../html/document.ts";
import { type Content, html } from "../../html/html.ts";
import { type PlotPoint, plotOf } from "../../html/plot.ts";
import type { Tone } from "../../html/style.ts";
import { tableOf } from "../../html/table.ts";
import { TONE_OF as LAYOUT_TONES } from "../layout/layout_page.ts";
import { disturbedText, TIME_COLUMNS, timeCells } from "./bench_text.ts";
import type { BenchGroup, BenchResult, BenchRow } from "./result.ts";
import { causesIn, type SpaceCause, totalOf } from "./slub_contender.ts";

interface BenchPage {
  readonly result: BenchResult;
  /** The command line that makes the page again. */
  readonly command: string;
}

export function benchPage({ result, command }: BenchPage): string {
  const { groups, machine, slabfuzz } = result;
  return documentOf({
    title: "What debug options cost, and what they catch",
    lead: html`Measured side by side on ${machine}. Times do not travel between machines; ratios of
one run do. A set of options is <em>dominated</em> where another one detects as much for less.
Bars reach from the least to the most that several sittings measured; those of shares are Wilson's
interval, 95 %.`,
    sections: [
      ...detectionSection(result),
      ...liveSection(groups),
      ...spaceSection(groups),
      { id: "times", title: "Every workload", body: groups.map(timeTable) },
    ],
    footer: html`slabfuzz ${slabfuzz}: <code>${command}</code>`,
  });
}

/** Time and detection of a set of options. */
interface Offer {
  readonly options: string;
  readonly time: number;
  /** Percent. */
  readonly share: number;
  /** Its times in several sittings, undefined for one; and where the true share lies. */
  readonly times: readonly [number, number] | undefined;
  readonly shares: readonly [number, number] | undefined;
}

function detectionSection({ groups, detection }: BenchResult): readonly PageSection[] {
  const [group] = groups;
  if (group === undefined || detection.length === 0) return [];
  const offers = detection.flatMap(({ options, cases, detected }): Offer[] => {
    const row = group.rows.find((one) => one.options === options);
    if (row === undefined) return [];
    const interval = wilson(detected, cases);
    const shares = interval && ([100 * interval.low, 100 * interval.high] as const);
    const share = (100 * detected) / cases;
    return [{ options, time: row.p10, share, times: timesOf(row, group), shares }];
  });
  const points = offers.map((offer) => pointOf(offer, offers));
  const plot = plotOf({
    title: "Time against detection: up and to the left is better",
    across: `nanoseconds an operation (${group.name})`,
    up: "% of mistakes reported in time",
    lines: points.map((point) => ({ name: point.label, points: [point] })),
  });
  const table = tableOf({
    caption: "Sets of options, what they cost and what they detect",
    columns: ["options", "ns/op", "reported in time", "95 %", "dominated by"],
    rows: offers.map((offer) => ({
      head: offer.options,
      cells: [
        offer.time.toFixed(1),
        `${offer.share.toFixed(1)} %`,
        offer.shares?.map((one) => one.toFixed(1)).join(" to ") ?? "-",
        dominator(offer, offers)?.options ?? "none",
      ],
    })),
    isNumeric: true,
  });
  return [{ id: "detection", title: "Time against detection", body: [plot, table] }];
}

function pointOf(offer: Offer, offers: readonly Offer[]): PlotPoint {
  const tone = dominator(offer, offers) === undefined ? "good" : "unseen";
  const { time: x, share: y, options: label, times: spreadAcross, shares: spread } = offer;
  return { x, y, label, tone, spread, spreadAcross };
}

/** The least and the most of several sittings, which count in yardsticks. */
function timesOf({ p10, sittings }: BenchRow, { yardstick }: BenchGroup): Offer["times"] {
  if (sittings.length < 2) return undefined;
  const times = [p10, ...sittings.map((sitting) => sitting * yardstick)];
  return [Math.min(...times), Math.max(...times)];
}

/** The cheapest that detects at least as much, for less. */
function dominator(offer: Offer, offers: readonly Offer[]): Offer | undefined {
  const better = offers.filter(({ time, share }) => time < offer.time && share >= offer.share);
  return better.sort((one, other) => one.time - other.time)[0];
}

function liveSection(groups: readonly BenchGroup[]): readonly PageSection[] {
  const { workload, rows } = groups[0];
  const series = groups.filter((group) => group.workload === workload);
  if (series.length < 2) return [];
  const lines = rows.map(({ name }) => ({
    name,
    points: series.flatMap((group): PlotPoint[] => {
      const row = group.rows.find((one) => one.name === name);
      if (row === undefined) return [];
      const spread = timesOf(row, group);
      const label = `${name}, ${group.live} live`;
      return [{ x: group.live, y: row.p10, label, tone: "masked", spread }];
    }),
  }));
  const plot = plotOf({
    title: `Time against living objects (${workload})`,
    across: "living objects",
    up: "nanoseconds an operation",
    lines,
    isLogarithmic: true,
    isJoined: true,
  });
  return [{ id: "live", title: "Time against living objects", body: plot }];
}

const TONE_OF: Readonly<Record<SpaceCause, Tone>> = {
  ...LAYOUT_TONES,
  "free objects": "unseen",
};

function spaceSection([group]: readonly BenchGroup[]): readonly PageSection[] {
  const rows = group.rows.filter(({ space }) => space !== undefined);
  if (rows.length === 0) return [];
  const causes = causesIn(rows.map(({ space }) => space!));
  const chart = barChartOf({
    title: `Bytes for each living object, by cause (${group.name})`,
    series: causes.map((name) => ({ name, tone: TONE_OF[name] })),
    rows: rows.map(({ name, space }) => ({
      label: name,
      values: causes.map((cause) => space![cause]),
      note: `${totalOf(space!).toFixed(0)} bytes`,
    })),
    full: Math.max(...rows.map(({ space }) => totalOf(space!))),
    unit: " bytes",
  });
  const table = tableOf({
    caption: "Bytes for each living object",
    columns: ["allocator", ...causes, "all"],
    rows: rows.map(({ name, space }) => ({
      head: name,
      cells: [...causes.map((cause) => space![cause].toFixed(1)), totalOf(space!).toFixed(1)],
    })),
    isNumeric: true,
  });
  return [{ id: "space", title: "Where the bytes go", body: [chart, table] }];
}

function timeTable({ name, baseline, rows }: BenchGroup): Content {
  return tableOf({
    caption: `${name}; ratios to ${baseline}`,
    columns: ["allocator", ...TIME_COLUMNS],
    rows: rows.map((row) => ({
      head: `${row.name}${disturbedText(row)}`,
      cells: timeCells(row),
    })),
    isNumeric: true,
  });
}
