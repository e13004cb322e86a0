// Throughput of whole campaigns with one worker and with two, and what memory a long one takes.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { fuzz } from "../src/campaign/fuzz.ts";
import { INJECTED_BUGS } from "../src/gen/bug_names.ts";
import { targetCampaign } from "./cases.ts";

const REPEATS = 3;

export interface Throughput {
  readonly jobs: number;
  /** Operations a second, the best of some campaigns. */
  readonly opsPerSecond: number;
}

/** Campaigns of so many milliseconds, by turns with one worker and with two. */
export async function measureWorkers(timeMs: number): Promise<Throughput[]> {
  const best = [0, 0];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    for (const jobs of [1, 2]) {
      const { target: _, ...request } = targetCampaign(["none"]);
      const { summary } = await fuzz({ ...request, timeMs, jobs });
      best[jobs - 1] = Math.max(best[jobs - 1], summary.operations / summary.seconds);
    }
  }
  return best.map((opsPerSecond, index) => ({ jobs: index + 1, opsPerSecond }));
}

/** Parts of a long run after which its memory is looked at. */
const PARTS = 4;

/** Largest resident memory, in MiB, of a process that runs default campaigns of all bugs. */
export function measureMemory(timeMs: number): number[] {
  const entry = new URL("../dist/src/index.js", import.meta.url).href;
  const code = `
    import { fuzz } from ${JSON.stringify(entry)};
    for (let part = 0; part < ${PARTS}; part++) {
      await fuzz({ seed: BigInt(part), bugs: ${JSON.stringify(INJECTED_BUGS)}, timeMs: ${timeMs} });
      console.log(process.resourceUsage().maxRSS / 1024);
    }`;
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const options = { cwd, encoding: "utf8" } as const;
  const ran = spawnSync(process.execPath, ["--input-type=module", "--eval", code], options);
  if (ran.status !== 0) throw new Error(ran.stderr);
  return ran.stdout.trim().split("\n").map(Number);
}
