// The tone in which pages show a verdict.
import type { Series } from "../html/chart.ts";
import type { Tone } from "../html/style.ts";

const TONE_OF: Readonly<Record<string, Tone>> = {
  ok: "good",
  detected: "good",
  late: "fair",
  misattributed: "odd",
  masked: "masked",
  escaped: "bad",
  blind: "unseen",
  oops: "dead",
  misuse: "odd",
  invariant: "bad",
  "not applicable": "void",
};

export function toneOf(verdict: string): Tone {
  return TONE_OF[verdict] ?? "void";
}

/** Verdicts as the parts of a chart. */
export function seriesOf(verdicts: readonly string[]): Series[] {
  return verdicts.map((name) => ({ name, tone: toneOf(name) }));
}
