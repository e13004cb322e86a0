// Throughput of whole campaigns with one worker and with two, from the start of a process, how soon
// a worker is warm, and what memory a long campaign takes. Each runs in a process of its own, from
// what was built: workers that read TypeScript take longer to start, and more memory.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BugName } from "../src/target/bug_names.ts";
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
  const printed = runCode(`
    for (let repeat = 0; repeat < ${REPEATS}; repeat++) {
      for (const jobs of [1, 2]) {
        const request = { ...${requestText()}, seed: 1n, timeMs: ${timeMs}, jobs };
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

/** Cases of a campaign that is long enough for its start to matter little. */
const LONG_CASES = 400_000;

/** Cases a second of a long campaign on one worker, the start of its process counted. */
export function measureLongCampaign(): number {
  const [rate] = runCode(`
    await fuzz({ ...${requestText()}, seed: 1n, cases: ${LONG_CASES}, jobs: 1 });
    console.log(1000 * ${LONG_CASES} / performance.now());`);
  return rate;
}

/** A worker is warm when it is this near to the speed that it ends with. */
const WARM_SHARE = 0.8;
const WARM_CASES = 60_000;

/** Seconds of processor time that a worker takes before it is warm. */
export function measureWarmUp(): number {
  const printed = runCode(`
    const cpuMs = () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    };
    let startMs = 0;
    const onStart = () => { startMs = cpuMs(); };
    const onProgress = ({ tally }) => console.log([tally.cases, cpuMs() - startMs].join("\\n"));
    const hooks = { onStart, onProgress };
    await fuzz({ ...${requestText()}, seed: 1n, cases: ${WARM_CASES}, jobs: 1, ...hooks });`);
  const points = printed.flatMap((cases, i) =>
    i % 2 === 0 ? [{ cases, ms: printed[i + 1] }] : [],
  );
  const last = points.at(-1)!;
  const middle = points.find(({ cases }) => cases >= last.cases / 2)!;
  const warm = (last.ms - middle.ms) / (last.cases - middle.cases);
  const steps = points.slice(1).map(({ cases, ms }, i) => {
    return { ms: points[i].ms, each: (ms - points[i].ms) / (cases - points[i].cases) };
  });
  return steps.find(({ each }) => each <= warm / WARM_SHARE)!.ms / 1000;
}

/** The target workload as a request in JSON. */
export function requestText(bugs: readonly BugName[] = ["none"]): string {
  const { target: _, seed: __, ...request } = targetCampaign(bugs);
  return JSON.stringify(request);
}

/** The numbers that code prints, line by line; it may use what the library exports. */
export function runCode(code: string, names = "fuzz"): number[] {
  const folder = mkdtempSync(join(tmpdir(), "slabfuzz-bench-"));
  try {
    const file = join(folder, "run.mjs");
    writeFileSync(file, `import { ${names} } from ${ENTRY};\n${code}\n`);
    const ran = spawnSync(process.execPath, [file], { encoding: "utf8" });
    if (ran.status !== 0) throw new Error(ran.stderr);
    return ran.stdout.trim().split("\n").map(Number);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
