// How far long work is, on stderr: at a terminal one line that is drawn again and again, elsewhere
// a line every ten seconds, and nothing where a program reads the result.
import { nowMs } from "../base/clock.ts";
import { clockText } from "../campaign/quantity_text.ts";
import { clearScreen, isWatched, note, screenSize, showScreen } from "./terminal.ts";

/** How far work is. */
export interface Extent {
  /** What is being done. */
  readonly what: string;
  readonly done: number;
  /** Undefined where the end is not known. */
  readonly total?: number | undefined;
  /** What is counted, in the plural; without it only the part that is done is shown. */
  readonly unit?: string;
}

const DRAW_MS = 200;
/** Short work prints no line. */
export const LINE_MS = 10_000;

export class ProgressLine {
  readonly #isSilent: boolean;
  readonly #timer: NodeJS.Timeout;
  #extent: Extent | undefined;
  #startMs = nowMs();
  #nextLineMs = nowMs() + LINE_MS;

  /** `isSilent`: the result is data. */
  constructor(isSilent = false) {
    this.#isSilent = isSilent;
    this.#timer = setInterval(() => this.#show(), DRAW_MS);
    this.#timer.unref();
  }

  /** There is news. Counting from the start again begins another part of the work. */
  see(extent: Extent): void {
    if (extent.done < (this.#extent?.done ?? 0)) this.#startMs = nowMs();
    this.#extent = extent;
    this.#show();
  }

  /** Takes the line away. */
  end(): void {
    clearInterval(this.#timer);
    clearScreen();
  }

  #show(): void {
    if (this.#extent === undefined || this.#isSilent) return;
    const now = nowMs();
    const text = extentText(this.#extent, (now - this.#startMs) / 1000);
    if (isWatched()) showScreen([text.slice(0, screenSize().columns - 1)]);
    else if (now >= this.#nextLineMs) {
      this.#nextLineMs = now + LINE_MS;
      note(text);
    }
  }
}

/** `42 %, 126 of 300 mutants, 2.1/s, 1:23 left: what`; the rate is that of `seconds`. */
export function extentText({ what, done, total, unit }: Extent, seconds: number): string {
  const rate = done / Math.max(seconds, 0.001);
  const parts: string[] = [];
  if (total !== undefined) parts.push(`${Math.floor((100 * done) / Math.max(total, 1))} %`);
  if (unit !== undefined) {
    const of = total === undefined ? "" : ` of ${total}`;
    parts.push(`${done}${of} ${unit}`, `${rate.toFixed(rate < 10 ? 1 : 0)}/s`);
  }
  if (total !== undefined && done > 0) parts.push(`${clockText((total - done) / rate)} left`);
  return `${parts.join(", ")}: ${what}`;
}
