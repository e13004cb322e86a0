// SIGKILL at any moment loses no result that the journal holds, and repeats no case. For more
// kills: npx tsx test/campaign/kill_and_resume.ts --kills 10
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Prng } from "../../src/base/prng.ts";
import { runKilled, runOnce } from "../helper/killed.ts";

// Three classes have few findings, each of which takes long to write up.
const BUGS = ["--bugs", "off-by-one,double-free,leak-at-destroy"];
const WORDS = ["--seed", "7", "--cases", "1000", "--slub-debug", "FZP", "--jobs", "2", ...BUGS];

it("a campaign that is killed twice ends like one that is never killed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "slabfuzz-kill-"));
  try {
    const whole = join(folder, "whole");
    await runOnce({ out: whole, words: WORDS });
    const prng = new Prng({ high: 0, low: 3 });
    const request = { out: join(folder, "killed"), words: WORDS, kills: 2, lifeMs: 400, prng };
    const { killed, summary } = await runKilled(request);
    expect(killed).toBeGreaterThan(0);
    expect(summary).toBe(readFileSync(join(whole, "summary.json"), "utf8"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
