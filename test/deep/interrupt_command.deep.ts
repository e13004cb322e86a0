// Ctrl-C, as the system sends it: the run keeps its results, prints how to continue, and ends.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasJournal } from "../../src/campaign/journal.ts";
import { type Ended, runSlabfuzz, startSlabfuzz } from "../helper/process.ts";

const CAMPAIGN = ["fuzz", "--no-config", "--slub-debug", "FZP", "--seed", "7", "--jobs", "2"];
/** Quick to run, and long to write up. */
const SHORT = [...CAMPAIGN, "--bugs", "leak-at-destroy,off-by-one,double-free", "--cases", "400"];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "slabfuzz-interrupt-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Sends a signal after an event. */
async function interrupted(
  words: readonly string[],
  hasHappened: (said: string) => boolean,
  signals: readonly NodeJS.Signals[] = ["SIGINT"],
): Promise<Ended> {
  const { child, ended, said } = startSlabfuzz(words);
  while (!hasHappened(said()) && child.exitCode === null) await sleep(10);
  for (const signal of signals) {
    child.kill(signal);
    await sleep(50);
  }
  return await ended;
}

function foldersIn(out: string): number {
  return readdirSync(out).filter((name) => /\.[0-9a-f]{6}$/.test(name)).length;
}

describe("a campaign that is interrupted", () => {
  it.each(["SIGINT", "SIGTERM"] as const)(
    "by %s among its cases can be resumed",
    async (signal) => {
      const out = join(folder, signal);
      const words = [...CAMPAIGN, "--bugs", "none", "--cases", "1000000", "--out", out];
      const { code, out: text, error } = await interrupted(words, () => hasJournal(out), [signal]);
      expect(code).toBe(130);
      expect(error).toContain("ends within two seconds, and at once with another Ctrl-C");
      expect(text).toContain(`resume: slabfuzz fuzz --resume ${out}`);
    },
  );

  it("while it writes its findings leaves the rest to the run that resumes it", async () => {
    const [whole, out] = [join(folder, "whole"), join(folder, "cut")];
    await runSlabfuzz([...SHORT, "--out", whole]);
    const begun = () => hasJournal(out) && foldersIn(out) > 0;
    const { code, out: text } = await interrupted([...SHORT, "--out", out], begun);
    expect(code).toBe(130);
    expect(text).toContain(`interrupted after 400 cases; resume: slabfuzz fuzz --resume ${out}`);
    expect(text).not.toContain("not each time");
    expect((await runSlabfuzz(["fuzz", "--no-config", "--resume", out])).code).toBe(0);
    const summaryIn = (place: string) => readFileSync(join(place, "summary.json"), "utf8");
    expect(summaryIn(out)).toBe(summaryIn(whole));
    expect(readdirSync(out)).toEqual(readdirSync(whole));
  });

  it("twice ends at once, and keeps its journal", async () => {
    const out = join(folder, "twice");
    const words = [...CAMPAIGN, "--cases", "1000000", "--out", out];
    const { code, out: text } = await interrupted(words, () => hasJournal(out), [
      "SIGINT",
      "SIGINT",
    ]);
    expect(code).toBe(130);
    expect(text).not.toContain("resume:");
    expect(hasJournal(out)).toBe(true);
  });
});

it("a campaign without a named folder takes another folder than the last one", async () => {
  const words = (seed: string) => [...CAMPAIGN, "--bugs", "none", "--cases", "5", "--seed", seed];
  expect((await runSlabfuzz(words("1"), { cwd: folder })).error).toBe("");
  const second = await runSlabfuzz(words("2"), { cwd: folder });
  expect(second.code).toBe(0);
  expect(second.error).toBe("findings is taken: this campaign is stored in findings-2\n");
  expect(hasJournal(join(folder, "findings-2"))).toBe(true);
  const named = await runSlabfuzz([...words("3"), "--out", "findings"], { cwd: folder });
  expect([named.code, named.error]).toEqual([
    2,
    "findings: holds a campaign already (seed 1, 5 cases): go on with that by --resume, " +
      "or name another folder by --out\n",
  ]);
});
