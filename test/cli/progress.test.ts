// How far work is, as people read it, and who is told.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { extentText, LINE_MS, ProgressLine } from "../../src/cli/progress.ts";

describe("the line of progress", () => {
  it("has the part that is done, the rate, and the time that the rest takes at that rate", () => {
    const [done, total, seconds] = [30, 120, 10];
    const left = (total - done) / (done / seconds);
    expect(extentText({ what: "slab.ts", done, total, unit: "mutants" }, seconds)).toBe(
      `25 %, 30 of 120 mutants, 3.0/s, 0:00:${left} left: slab.ts`,
    );
  });

  it("shows no counts where what is counted has no name, and no end where none is known", () => {
    expect(extentText({ what: "golden", done: 1, total: 2 }, 5)).toBe("50 %, 0:00:05 left: golden");
    expect(extentText({ what: "cut", done: 50, unit: "candidates" }, 2)).toBe(
      "50 candidates, 25/s: cut",
    );
  });
});

describe("progress without a terminal", () => {
  let lines: string[];

  beforeEach(() => {
    lines = [];
    vi.useFakeTimers();
    vi.spyOn(process.stderr, "write").mockImplementation((text) => lines.push(String(text)) > 0);
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  function work(isSilent: boolean): void {
    const progress = new ProgressLine(isSilent);
    progress.see({ what: "one", done: 1, total: 4, unit: "cases" });
    vi.advanceTimersByTime(3.5 * LINE_MS);
    progress.end();
    vi.advanceTimersByTime(LINE_MS);
  }

  it("prints a line every ten seconds, and none after the end", () => {
    work(false);
    expect(lines.length).toBe(3);
    expect(lines[0]).toMatch(/^25 %, 1 of 4 cases, 0\.1\/s, 0:00:3\d left: one\n$/);
  });

  it("prints nothing where the result is data", () => {
    work(true);
    expect(lines).toEqual([]);
  });
});
