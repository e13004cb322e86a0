// Every recording in the archive replays identically, line by line, and docs/conformance.md agrees
// with the tests. No recording is left out.
import { readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { KERNELS, type KernelName } from "./archive.ts";
import { conformancePage } from "./conformance_page.ts";
import { excusedShare, type KernelCount, measureKernel, sum } from "./measure.ts";

const COUNTS: Readonly<Record<KernelName, number>> = {
  "v3.10": 726,
  "v6.1": 652,
  "v6.12": 654,
  "v7.3": 731,
};
/** Lines that may need a rule of comparison, of all lines. */
const EXCUSED_SHARE_MAX = 0.005;
const PAGE = new URL("../../docs/conformance.md", import.meta.url);

const measured: KernelCount[] = [];
afterAll(() => console.log(measured.map(summary).join("\n")));

test.each(KERNELS)("all recordings of %s replay identically", (kernel) => {
  const count = measureKernel(kernel);
  measured.push(count);
  expect(count.differing).toEqual([]);
  expect(count.recordings).toBe(COUNTS[kernel]);
});

test("the comparison of recordings needs its special rules for few lines", () => {
  expect(measured).toHaveLength(KERNELS.length);
  for (const count of measured) expect(excusedShare([count])).toBeLessThan(EXCUSED_SHARE_MAX);
});

test("docs/conformance.md is up to date (npx tsx test/recordings/conformance.ts)", () => {
  expect(readFileSync(PAGE, "utf8")).toBe(conformancePage(measured));
});

function summary({ kernel, recordings, differing, lines, moved, excused }: KernelCount): string {
  const rules = [...excused].sort(([a], [b]) => a - b).map(([rule, n]) => `${rule}: ${n}`);
  const count = `${recordings - differing.length} of ${recordings} identical`;
  const needed = `${sum([...excused.values()])} of ${lines} lines needed a rule`;
  return `${kernel}: ${count}; ${needed} (${rules.join(", ")}); ${moved} moved`;
}
