// Ctrl-C in long commands, at moments drawn from a seed: each ends with 130 and tells that it was
// interrupted, within two seconds on an idle machine.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { nowMs } from "../../src/base/clock.ts";
import { Prng } from "../../src/base/prng.ts";
import { startSlabfuzz } from "../helper/process.ts";

const MOMENTS = 3;
/** Long enough to hear signals, whatever else the machine does. */
const BEGIN_MS = 6000;
const prng = new Prng({ high: 0, low: 130 });
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "slabfuzz-interrupts-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each([
  ["fuzz", "--no-config", "--slub-debug", "FZP", "--time", "6s"],
  ["score", "--cases", "100000"],
  ["mutate", "slub", "--sample", "400"],
  ["ci", "--no-config"],
])('an interrupted "slabfuzz %s" ends soon', async (...words) => {
  const tookMs: number[] = [];
  for (let i = 0; i < MOMENTS; i++) {
    const place = words[0] === "score" ? [] : ["--out", join(folder, `${words[0]}${i}`)];
    const { child, ended } = startSlabfuzz([...words, ...place], { cwd: folder });
    await sleep(BEGIN_MS + prng.below(8000));
    expect(child.exitCode).toBeNull();
    const startMs = nowMs();
    child.kill("SIGINT");
    const { code, error } = await ended;
    expect([code, error]).toEqual([130, expect.stringContaining("interrupted: this ends")]);
    tookMs.push(Math.round(nowMs() - startMs));
  }
  console.log(`${words[0]}: ${tookMs.join(" ")} ms`);
});
