// Shows a campaign under way: at a terminal a screen that is drawn again and again, elsewhere a
// line now and then. Both go to stderr.
import { nowMs } from "../base/clock.ts";
import { estimateOf } from "../campaign/estimate.ts";
import type { CampaignView } from "../campaign/fuzz.ts";
import { guidanceText } from "../campaign/guidance_text.ts";
import { rangeOf } from "../campaign/start.ts";
import { COLUMNS_MIN, type Status, statusLines } from "../campaign/status.ts";
import { progressLine } from "../campaign/summary.ts";
import { alarmCount } from "../target/verdict.ts";
import { LINE_MS } from "./progress.ts";
import { clearScreen, errorColours, isWatched, note, screenSize, showScreen } from "./terminal.ts";

const DRAW_MS = 200;
/** The rate "now" is that of the last seconds. */
const RATE_MS = 3000;

interface Sample {
  readonly atMs: number;
  readonly cases: number;
}

export interface WatchOptions {
  /** The result is data: nothing is shown. */
  readonly isSilent?: boolean | undefined;
  /** What stands on the terminal already stays in sight. */
  readonly isOneLine?: boolean | undefined;
}

export class Watch {
  readonly #signal: AbortSignal;
  readonly #how: WatchOptions;
  readonly #timer: NodeJS.Timeout;
  #view: CampaignView | undefined;
  #viewMs = 0;
  #samples: Sample[] = [];
  #nextLineMs = nowMs() + LINE_MS;

  constructor(signal: AbortSignal, how: WatchOptions = {}) {
    this.#signal = signal;
    this.#how = how;
    this.#timer = setInterval(() => this.#look(), DRAW_MS);
    this.#timer.unref();
  }

  /** There is news. */
  see(view: CampaignView): void {
    this.#view = view;
    this.#viewMs = nowMs();
  }

  /** Takes the screen away. */
  end(): void {
    clearInterval(this.#timer);
    clearScreen();
  }

  #look(): void {
    if (this.#view === undefined || this.#how.isSilent) return;
    this.#sample(this.#view.tally.cases);
    if (isWatched()) this.#draw(this.#view);
    else this.#sayNowAndThen(this.#view);
  }

  #draw(view: CampaignView): void {
    const status = this.#statusOf(view);
    const { columns, rows } = screenSize();
    const lines = statusLines(status, columns, errorColours());
    const isRoomy = !this.#how.isOneLine && columns >= COLUMNS_MIN && lines.length < rows;
    showScreen(isRoomy ? lines : [this.#line(view).slice(0, columns - 1)]);
  }

  #sayNowAndThen(view: CampaignView): void {
    const now = nowMs();
    if (now < this.#nextLineMs) return;
    this.#nextLineMs = now + LINE_MS;
    note(this.#line(view));
  }

  #line({ tally, timeMs, written, guidance }: CampaignView): string {
    if (written !== undefined) return `writing up finding ${written} of ${tally.findings.length}`;
    const line = progressLine(tally.cases, timeMs / 1000, tally.data.verdicts);
    if (guidance === undefined) return line;
    const agoS = Math.round((timeMs - guidance.newestMs) / 1000);
    return `${line}  ${guidanceText(guidance)}, last new edge ${agoS} s ago`;
  }

  #sample(cases: number): void {
    const atMs = nowMs();
    this.#samples = this.#samples.filter((sample) => sample.atMs > atMs - RATE_MS);
    this.#samples.push({ atMs, cases });
  }

  #rateNow(): number {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (first === undefined || last === undefined || first === last) return 0;
    return (1000 * (last.cases - first.cases)) / (last.atMs - first.atMs);
  }

  #statusOf(view: CampaignView): Status {
    const { tally, workers, written } = view;
    const { findings } = tally;
    const timeMs = view.timeMs + (written === undefined ? nowMs() - this.#viewMs : 0);
    const verdicts = verdictSums(view);
    const rateNow = this.#rateNow();
    return {
      title: titleOf(view),
      seconds: timeMs / 1000,
      cases: tally.cases,
      secondsLeft: secondsLeft(view, timeMs, rateNow),
      rateNow,
      workers: workers.size,
      replaced: workers.replaced,
      heldBytes: workers.heldBytes,
      newestSeconds: findings.length === 0 ? undefined : (timeMs - view.newestMs) / 1000,
      alarms: alarmCount(verdicts),
      estimate: estimateOf(tally.cases, findings),
      verdicts,
      findings,
      written,
      isStopping: this.#signal.aborted,
      guidance: guidanceOf(view, timeMs),
    };
  }
}

function guidanceOf({ guidance }: CampaignView, timeMs: number): Status["guidance"] {
  if (guidance === undefined) return undefined;
  return { ...guidance, newestSeconds: (timeMs - guidance.newestMs) / 1000 };
}

function titleOf({ start }: CampaignView): string {
  const { options, text } = start.target;
  return `seed ${options.seed}: ${options.target} ${text.place}`;
}

function verdictSums({ tally }: CampaignView): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const row of Object.values(tally.data.verdicts)) {
    for (const [verdict, count] of Object.entries(row)) {
      sums[verdict] = (sums[verdict] ?? 0) + count;
    }
  }
  return sums;
}

/** Cases that are left take as long as their rate says; the time that is left may be shorter. */
function secondsLeft(view: CampaignView, timeMs: number, rate: number): number | undefined {
  const { header } = view.start;
  const byTime = header.timeMs === null ? undefined : Math.max(0, header.timeMs - timeMs) / 1000;
  if (header.cases === null || rate === 0) return byTime;
  const [first, end] = rangeOf(header);
  const byCases = (end - first - view.done.size) / rate;
  return byTime === undefined ? byCases : Math.min(byTime, byCases);
}
