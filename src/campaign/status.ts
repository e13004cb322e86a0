// The screen of a campaign under way, as lines of text. Each box answers a question. The caller
// decides how often it is drawn, and where.

import { type Signature, spokenText } from "../target/signature.ts";
import { oneIn, rateText, type SummaryEstimate } from "./estimate.ts";
import type { Guidance } from "./guidance_text.ts";
import { agoText, clockText, countText } from "./quantity_text.ts";

/** A campaign at one moment. */
export interface Status {
  /** Target and machine. */
  readonly title: string;
  readonly seconds: number;
  readonly cases: number;
  /** Of its limits, the time that the nearer one leaves; undefined if that is not known. */
  readonly secondsLeft: number | undefined;
  readonly rateNow: number;
  readonly workers: number;
  /** Workers that hung, died or grew too large. */
  readonly replaced: number;
  /** The largest worker. */
  readonly heldBytes: number;
  /** Since the newest signature came up; undefined if there is none. */
  readonly newestSeconds: number | undefined;
  /** Cases whose verdict is a failure of its own. */
  readonly alarms: number;
  readonly estimate: SummaryEstimate;
  /** Verdict -> cases. */
  readonly verdicts: Readonly<Record<string, number>>;
  readonly findings: readonly StatusFinding[];
  /** Findings written up, while that goes on. */
  readonly written: number | undefined;
  /** It was told to stop. */
  readonly isStopping: boolean;
  /** There for a guided search. */
  readonly guidance?: StatusGuidance | undefined;
}

interface StatusGuidance extends Guidance {
  /** Since the last new edge. */
  readonly newestSeconds: number;
}

interface StatusFinding {
  readonly signature: Signature;
  readonly count: number;
}

/** Colours, or functions that change nothing. */
interface Paint {
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
  readonly red: (text: string) => string;
}

const PLAIN: Paint = { dim: same, bold: same, red: same };

/** A terminal narrower than this has no room for boxes. */
export const COLUMNS_MIN = 60;
const COLUMNS_MAX = 100;
const LABEL = 13;
const VERDICT_ROWS = 5;
const SIGNATURE_ROWS = 4;

interface Box {
  readonly title: string;
  readonly rows: readonly string[];
}

/** The lines of the screen; none is longer than `columns`. */
export function statusLines(status: Status, columns: number, paint: Paint = PLAIN): string[] {
  const width = Math.min(columns, COLUMNS_MAX) - 1; // the last column makes some terminals wrap
  const left = Math.floor((width - 3) / 2);
  const right = width - 3 - left;
  const pairs = [
    [howLong(status), howFast(status)],
    [anythingNew(status), mayIStop(status)],
    [whatBecame(status), whoSpoke(status)],
  ] as const;
  const lines: string[] = [];
  pairs.forEach(([one, other], i) => {
    const [start, middle, end] = i === 0 ? "┌┬┐" : "├┼┤";
    const rule = `${titled(one.title, left, start)}${titled(other.title, right, middle)}${end}`;
    lines.push(paintRule(rule, [one.title, other.title], paint));
    const height = Math.max(one.rows.length, other.rows.length);
    for (let row = 0; row < height; row++) {
      lines.push(sideBySide(cell(one, row, left), cell(other, row, right), status, paint));
    }
  });
  return [...lines, ...signatureLines(status, left, right, paint)];
}

function howLong({ seconds, cases, secondsLeft }: Status): Box {
  const left = secondsLeft === undefined ? "-" : clockText(secondsLeft);
  const rows = [
    field("run time", clockText(seconds)),
    field("cases", countText(cases)),
    field("left", left),
  ];
  return { title: "how long?", rows };
}

function howFast({ seconds, cases, rateNow, workers, replaced, heldBytes }: Status): Box {
  const mean = Math.round(cases / Math.max(seconds, 0.001));
  const size = `${Math.round(heldBytes / 2 ** 20)} MiB`;
  const again = replaced === 0 ? "" : ` (${replaced} replaced)`;
  const rows = [
    field("now", `${countText(Math.round(rateNow))} cases/s`),
    field("mean", `${countText(mean)} cases/s`),
    field("workers", `${workers}${again}, ${size} each`),
  ];
  return { title: "how fast?", rows };
}

function anythingNew({ newestSeconds, alarms, estimate, guidance }: Status): Box {
  const { signatures, seenOnce, seenTwice } = estimate;
  const rows = [
    field("signatures", `${signatures} (${seenOnce} once, ${seenTwice} twice)`),
    field("last new", newestSeconds === undefined ? "-" : `${agoText(newestSeconds)} ago`),
    field("alarms", alarms === 0 ? "none" : `${countText(alarms)} cases`),
    ...guidanceRows(guidance),
  ];
  return { title: "anything new?", rows };
}

function guidanceRows(guidance: StatusGuidance | undefined): readonly string[] {
  if (guidance === undefined) return [];
  const { edges, edgesInAll, corpus, newestSeconds } = guidance;
  return [
    field("edges", `${countText(edges)} of ${countText(edgesInAll)}`),
    field("last edge", `${agoText(newestSeconds)} ago`),
    field("corpus", `${countText(corpus)} programs`),
  ];
}

function mayIStop(status: Status): Box {
  const { estimate, rateNow } = status;
  const due = dueSeconds(status);
  const when = Number.isFinite(due) ? `in ~${agoText(due)}` : "-";
  const rows = [
    field("the answer", answer(status, due)),
    field("next new", rateNow === 0 ? "-" : `${when} (${rateText(estimate.unseenRate)})`),
    field("the unseen", `under 1 in ${oneIn(estimate.silentRateMax)}`),
  ];
  return { title: "may I stop?", rows };
}

/** When the next new finding is expected, at the present rate. */
function dueSeconds({ estimate, rateNow }: Status): number {
  const perSecond = estimate.unseenRate * rateNow;
  return perSecond > 0 ? 1 / perSecond : Number.POSITIVE_INFINITY;
}

/** A finding due within the time that the run took so far is worth waiting for. */
function answer({ seconds, cases, isStopping, written }: Status, due: number): string {
  if (isStopping || written !== undefined) return "stopping";
  if (cases === 0 || due <= seconds) return "no";
  return due <= 10 * seconds ? "perhaps" : "yes";
}

function whatBecame({ verdicts, cases }: Status): Box {
  const rows = Object.entries(verdicts)
    .sort(([, one], [, other]) => other - one)
    .slice(0, VERDICT_ROWS)
    .map(([name, count]) => {
      const share = ((100 * count) / Math.max(cases, 1)).toFixed(1);
      return `${name.padEnd(LABEL)}${countText(count).padStart(13)}${share.padStart(6)} %`;
    });
  return { title: "what became of the cases?", rows };
}

function whoSpoke({ findings }: Status): Box {
  const counts = new Map<string, number>();
  for (const { signature, count } of findings) {
    const words = spokenText(signature.symptom);
    if (words !== undefined) counts.set(words, (counts.get(words) ?? 0) + count);
  }
  const rows = [...counts]
    .sort(([, one], [, other]) => other - one)
    .slice(0, VERDICT_ROWS)
    .map(([words, count]) => `${countText(count).padStart(9)}  ${words}`);
  return { title: "which checks spoke?", rows };
}

function signatureLines(status: Status, left: number, right: number, paint: Paint): string[] {
  const title = "most frequent signatures";
  const width = left + right + 1;
  const rows = [...status.findings]
    .sort(
      (one, other) =>
        other.count - one.count || (one.signature.text < other.signature.text ? -1 : 1),
    )
    .slice(0, SIGNATURE_ROWS)
    .map(({ signature, count }) => `${countText(count).padStart(9)}  ${signature.text}`);
  const rule = `${titled(title, left, "├")}┴${"─".repeat(right)}┤`;
  const bar = paint.dim("│");
  return [
    paintRule(rule, [title], paint),
    ...rows.map((row) => `${bar}${fitted(` ${row}`, width)}${bar}`),
    paint.dim(footer(status, width)),
  ];
}

function footer({ title, written, findings, isStopping }: Status, width: number): string {
  const hint = isStopping ? "^C again leaves at once" : "^C ends with a summary";
  const writing = `writing up finding ${written ?? 0} of ${findings.length}`;
  const words = ` ${written === undefined ? hint : writing} `;
  const name = ` ${title} `.slice(0, Math.max(width - words.length - 3, 0));
  return `└─${name}${"─".repeat(Math.max(width - name.length - words.length - 2, 0))}${words}─┘`;
}

function field(label: string, value: string): string {
  return `${label.padEnd(LABEL)}${value}`;
}

function cell({ rows }: Box, row: number, width: number): string {
  return fitted(` ${rows[row] ?? ""}`, width);
}

/** Exactly that wide: a longer text is cut, and ends in a mark. */
function fitted(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);
}

function titled(title: string, width: number, corner: string): string {
  return `${corner}${fitted(` ${title} `, Math.min(title.length + 2, width)).padEnd(width, "─")}`;
}

function paintRule(rule: string, titles: readonly string[], paint: Paint): string {
  let rest = rule;
  let painted = "";
  for (const title of titles) {
    const at = rest.indexOf(title);
    if (at < 0) continue;
    painted += paint.dim(rest.slice(0, at)) + paint.bold(title);
    rest = rest.slice(at + title.length);
  }
  return painted + paint.dim(rest);
}

/** An alarm is red. */
function sideBySide(one: string, other: string, { alarms }: Status, paint: Paint): string {
  const bar = paint.dim("│");
  const isAlarm = alarms > 0 && / alarms /.test(one);
  return `${bar}${isAlarm ? paint.red(one) : one}${bar}${other}${bar}`;
}

function same(text: string): string {
  return text;
}
