// Throughput of whole campaigns with one worker and with two, and what memory a long one takes.
// Each runs in a process of its own, from what was built: workers that read TypeScript take longer
// to start, and more memory.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { targetCampaign } from "./cases.ts";

const REPEATS = 3;
const ENTRY = JSON.stringify(new URL("../dist/src/index.js", import.meta.url).href);

export interface Throughput {
  readonly jobs: number;
  /** Operations a second, the best of some campaigns. */
  readonly opsPerSecond: number;
}

/** Campaigns of so many milliseconds, by turns with one worker and with two. */
export function measureWorkers(timeMs: number): Throughput[] {
  const { target: _, seed: __, ...request } = targetCampaign(["none"]);
  const printed = runCode(`
    for (let repeat = 0; repeat < ${REPEATS}; repeat++) {
      for (const jobs of [1, 2]) {
        const request = { ...${JSON.stringify(request)}, seed: 1n, timeMs: ${timeMs}, jobs };
        const { summary } = await fuzz(request);
        console.log(summary.operations / summary.seconds);
      }
    }`);
  return [1, 2].map((jobs) => ({
    jobs,
    opsPerSecond: Math.max(...everySecond(printed, jobs - 1)),
  }));
}

function everySecond(numbers: readonly number[], first: number): number[] {
  return numbers.filter((_, index) => index % 2 === first);
}

/** Parts of a long run after which its memory is looked at. */
const PARTS = 4;

/** Largest resident memory so far, in MiB, of a process that runs default campaigns. */
export function measureMemory(timeMs: number): number[] {
  return runCode(`
    for (let part = 1; part <= ${PARTS}; part++) {
      await fuzz({ seed: BigInt(part), timeMs: ${timeMs}, jobs: 1 });
      console.log(process.resourceUsage().maxRSS / 1024);
    }`);
}

/** Runs code that knows `fuzz` in a process of its own; the numbers that it printed. */
function runCode(code: string): number[] {
  const folder = mkdtempSync(join(tmpdir(), "slabfuzz-bench-"));
  try {
    const file = join(folder, "run.mjs");
    writeFileSync(file, `import { fuzz } from ${ENTRY};\n${code}\n`);
    const ran = spawnSync(process.execPath, [file], { encoding: "utf8" });
    if (ran.status !== 0) throw new Error(ran.stderr);
    return ran.stdout.trim().split("\n").map(Number);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
