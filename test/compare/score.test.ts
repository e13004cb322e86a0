// The scorecard: properties that hold for all figures, and figures that follow from the meaning of
// an option.
import { describe, expect, it } from "vitest";
import {
  openCellsOf,
  type ScoreRequest,
  ScoreRun,
  score,
  sumOf,
} from "../../src/compare/score/score.ts";
import { scorePage } from "../../src/compare/score/score_page.ts";
import { ScoreTally } from "../../src/compare/score/score_tally.ts";
import { percentText, scoreLines, scoreRecord } from "../../src/compare/score/score_text.ts";

const REQUEST: ScoreRequest = {
  bugs: ["double-free", "off-by-one", "read-after-free"],
  profiles: ["v6.1"],
  options: ["-", "F", "FZ"],
  cases: 60,
  seed: 5n,
  opCountMax: 40,
  jobs: 1,
};

describe("a scorecard", { timeout: 240_000 }, async () => {
  const card = await score(REQUEST);
  const cellOf = (bug: string, options: string) =>
    card.cells.find((cell) => cell.bug === bug && cell.options === options)!.data;

  it("is the same on any number of workers", async () => {
    const { seconds: _, ...other } = await score({ ...REQUEST, jobs: 3 });
    const { seconds: __, ...one } = card;
    expect(other).toEqual(one);
  });

  it("has a cell for each class under each set, each with every case in one outcome", () => {
    expect(card.cells).toHaveLength(3 * 3);
    for (const { data } of card.cells) {
      expect([data.cases, data.twins]).toEqual([60, 15]);
      expect(Object.values(data.outcomes).reduce((sum, count) => sum + count, 0)).toBe(60);
    }
    expect(card.cases).toBe(9 * (60 + 15));
  });

  it("shows that F detects every double free, and at the free itself", () => {
    expect(cellOf("double-free", "F").outcomes).toEqual({ detected: 60 });
    expect(cellOf("double-free", "F").latencies).toEqual({ 0: 60 });
    expect(cellOf("double-free", "-").outcomes.detected ?? 0).toBeLessThan(60);
  });

  it("shows that red zones are detected with FZ, and not without Z", () => {
    const seen = cellOf("off-by-one", "FZ").outcomes.detected ?? 0;
    expect(seen).toBeGreaterThan(10 * (cellOf("off-by-one", "F").outcomes.detected ?? 0));
  });

  it("shows that no option detects a read", () => {
    for (const options of REQUEST.options) {
      expect(Object.keys(cellOf("read-after-free", options).outcomes)).toEqual(["blind"]);
    }
  });

  it("shows no report about a twin, and no answer against the expectation", () => {
    const sum = sumOf(card.cells);
    expect([sum.falseReports, sum.disagreements]).toEqual([0, {}]);
  });

  it("shows the same figures as text, as data and as a page", () => {
    const text = scoreLines(card).join("\n");
    const page = scorePage({ score: card, command: "slabfuzz score", version: "0" });
    const record = JSON.parse(JSON.stringify(scoreRecord(card)));
    for (const cell of record.cells) {
      const share = percentText(cell.detected.rate);
      const row = text.split("\n").find((line) => line.startsWith(cell.bug));
      const at = 1 + REQUEST.options.indexOf(cell.options);
      expect(row?.split(/\s+/)[at].replace(/^\.$/, "0.0")).toBe(share);
      expect(page).toContain(`${share}<small>`);
    }
    expect(record.digest).toBe(card.digest);
    expect(text).toContain(card.digest);
  });

  it("stops when it is told to, and tells so", async () => {
    const controller = new AbortController();
    const stopped = await score({
      ...REQUEST,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    expect(stopped.interrupted).toBe(true);
    expect(stopped.cases).toBeLessThan(card.cases);
    expect(scoreLines(stopped).join("\n")).toContain("interrupted");
    scorePage({ score: stopped, command: "", version: "" });
  });
});

it("a case that kills its worker counts against the allocator, and all others still run", () => {
  const request = { ...REQUEST, bugs: ["double-free"], options: ["F"] } as const;
  const run = new ScoreRun(request, openCellsOf(request));
  const first = run.take()!;
  run.lose(first, 7);
  const left = [];
  for (let task = run.take(); task !== undefined; task = run.take()) {
    left.push([task.part.first, task.part.count, task.part.options.twins]);
    const tally = new ScoreTally();
    tally.cases = task.part.count;
    run.give(task, tally.data);
  }
  expect(left).toEqual([
    [8, 52, false],
    [0, 7, false],
    [0, 15, true],
  ]);
  expect(run.score.cells[0].data.outcomes).toEqual({ invariant: 1 });
  expect(run.score.cases).toBe(60 + 15);
});

describe("a share in words", () => {
  it("is 100 only for all cases, and 0 only for none", () => {
    const texts = [0, 1e-6, 0.5, 1 - 1e-6, 1].map(percentText);
    expect(texts).toEqual(["0.0", "0.1", "50.0", "99.9", "100"]);
  });
});
