// Public logs of real kernels, where they are at hand.
import { expect, it } from "vitest";
import { explained } from "../helper/explained.ts";
import { publicLogs } from "../helper/shared_logs.ts";

/** Each log is explained once. */
const logs = publicLogs()
  .filter(({ arch }) => !arch.includes("(SLAB)"))
  .map((one) => ({ ...one, ...explained(one.log) }));

it("a public log whose cause is certain has that cause first in 80 of 100 logs", () => {
  const certain = logs.filter(({ isCertain }) => isCertain);
  const ranks = certain.map(({ causes, classes }) =>
    causes.findIndex((cause) => classes.includes(cause.class)),
  );
  const first = ranks.filter((rank) => rank === 0).length;
  const amongThree = ranks.filter((rank) => rank >= 0 && rank < 3).length;
  expect(first).toBeGreaterThanOrEqual(0.8 * certain.length);
  expect(amongThree).toBeGreaterThanOrEqual(0.95 * certain.length);
});

it("a public log has at least one report, whose lines are in order", () => {
  for (const { name, reading } of logs) {
    const { reports } = reading;
    expect(reports.length, name).toBeGreaterThan(0);
    for (const { firstLine, lastLine } of reports) expect(firstLine).toBeLessThanOrEqual(lastLine);
  }
});

it("a public log of the SLAB allocator is refused", () => {
  for (const { log } of publicLogs().filter(({ arch }) => arch.includes("(SLAB)"))) {
    expect(() => explained(log)).toThrow(/^log: read \d+ lines: they are of the SLAB allocator/);
  }
});
