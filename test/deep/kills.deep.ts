// Forty deaths (SIGKILL) at random moments: while cases run, while findings are written up, while
// shards are merged, while mutants are tried. The result must equal that of an undisturbed run.
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { nowMs } from "../../src/base/clock.ts";
import { Prng } from "../../src/base/prng.ts";
import { filesIn } from "../helper/campaign_files.ts";
import { runSlabfuzz, startSlabfuzz } from "../helper/process.ts";

const KILLS = 10;
const prng = new Prng({ high: 0, low: 40 });
const CAMPAIGN = [
  ...["fuzz", "--no-config", "--slub-debug", "FZP", "--seed", "7", "--jobs", "2"],
  ...["--bugs", "off-by-one,double-free,leak-at-destroy", "--cases", "6000"],
];
let folder: string;
/** How long the undisturbed run took. */
let wholeMs: number;

const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "slabfuzz-kills-"));
  const startMs = nowMs();
  await run([...CAMPAIGN, "--out", at("whole")]);
  wholeMs = nowMs() - startMs;
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(words: readonly string[]): Promise<string> {
  const { code, out, error } = await runSlabfuzz(words);
  expect([code, error], error).toEqual([0, expect.anything()]);
  return out;
}

/** Lets a command live for so long. True if it ran until it was killed. */
async function kill(words: readonly string[], lifeMs: number, begun: () => boolean = () => true) {
  const { child, ended } = startSlabfuzz(words);
  while (!begun() && child.exitCode === null) await sleep(10);
  await sleep(lifeMs);
  const wasRunning = child.exitCode === null;
  child.kill("SIGKILL");
  await ended;
  return wasRunning;
}

/** Kills so many times; a process that ended before its time is begun again. */
async function killTenTimes(once: () => Promise<boolean>): Promise<void> {
  let killed = 0;
  for (let tries = 0; killed < KILLS && tries < 5 * KILLS; tries++) if (await once()) killed++;
  expect(killed).toBe(KILLS);
}

it("a campaign killed in its cases and in its write-up ends like an undisturbed one", async () => {
  const words = [...CAMPAIGN, "--out", at("killed"), "--resume"];
  const hasBegun = () => existsSync(at("killed"));
  await killTenTimes(() => kill(words, prng.below(wholeMs / 2), hasBegun));
  const isWritingUp = () => readdirSync(at("killed")).length > 2;
  await killTenTimes(() => {
    for (const name of readdirSync(at("killed"))) {
      if (/\.[0-9a-f]{6}$/.test(name)) rmSync(join(at("killed"), name), { recursive: true });
    }
    return kill(words, prng.below(wholeMs / 2), isWritingUp);
  });
  await run(words);
  expect(filesIn(at("killed"))).toEqual(filesIn(at("whole")));
});

it("a killed merge is completed by merging again", async () => {
  for (const index of [1, 2]) {
    await run([...CAMPAIGN, "--shard", `${index}/2`, "--out", at(`half${index}`)]);
  }
  const words = ["merge", at("half1"), at("half2"), "--out", at("merged"), "--jobs", "2"];
  await killTenTimes(() => kill(words, prng.below(wholeMs / 2)));
  await run(words);
  expect(filesIn(at("merged"))).toEqual(filesIn(at("whole")));
});

it("a killed mutation run continues where it was", async () => {
  const words = ["mutate", "slub", "--function", "over_min_partial", "--json"];
  const rowsOf = (out: string): readonly object[] =>
    JSON.parse(out).rows.map(({ ms: _, ...row }: { ms: number }) => row);
  const whole = rowsOf(await run(words));
  const journal = join(at("mutants"), "mutants.jsonl");
  await killTenTimes(() => {
    const place = existsSync(journal) ? "--resume" : "--out";
    const life = prng.below(place === "--out" ? 3000 : 15_000);
    return kill([...words, place, at("mutants")], life, () => existsSync(journal));
  });
  expect(rowsOf(await run([...words, "--resume", at("mutants")]))).toEqual(whole);
});
