import { describe, expect, it } from "vitest";
import { Progress, timeText } from "./progress.ts";

describe("the progress of a run", () => {
  const batch = { done: 500, setup: "v6.1 up", seconds: 8.04, differences: 0 };

  it("is extrapolated from the work done so far", () => {
    const line = new Progress(2000, 1000).line(batch, 101_000);
    expect(line.trim().split(/ {2,}/)).toEqual([
      "500/2000",
      "5.0/s",
      "5 min left",
      "8.0 s",
      "v6.1 up",
    ]);
  });

  it("mentions differences only where some exist", () => {
    const progress = new Progress(2000, 0);
    expect(progress.line({ ...batch, differences: 2 }, 100)).toBe(
      `${progress.line(batch, 100)}: 2 differ`,
    );
  });

  it("keeps its columns", () => {
    const progress = new Progress(2000, 0);
    const widths = [32, 992, 2000].map((done) => progress.line({ ...batch, done }, 60_000).length);
    expect(new Set(widths).size).toBe(1);
  });

  it.each([
    [0, "0 s"],
    [59.4, "59 s"],
    [59.6, "1 min"],
    [3599, "1 h 0 min"],
    [5400, "1 h 30 min"],
  ])("prints %s seconds as %s", (seconds, text) => {
    expect(timeText(seconds)).toBe(text);
  });
});
