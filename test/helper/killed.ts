// A campaign that is killed (SIGKILL) at moments that a seed chooses, and resumed each time. Only
// the built command can be killed without ourselves.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Prng } from "../../src/base/prng.ts";
import { journalPath } from "../../src/campaign/journal.ts";
import { type Running, startSlabfuzz } from "./process.ts";

export interface KilledCampaign {
  readonly out: string;
  /** Options of `slabfuzz fuzz`, the seed among them. */
  readonly words: readonly string[];
  readonly kills: number;
  /** How long after its start a run is killed, at most. */
  readonly lifeMs: number;
  readonly prng: Prng;
}

/** What became of it. */
export interface Outcome {
  /** Runs that were killed before they were done. */
  readonly killed: number;
  /** The summary that is left in the end, or what stderr said instead. */
  readonly summary: string;
}

/** Runs the campaign through all its deaths, and then to its end. */
export async function runKilled(campaign: KilledCampaign): Promise<Outcome> {
  const { out, kills, lifeMs, prng } = campaign;
  let killed = 0;
  for (let i = 0; i < kills; i++) if (await runAndKill(campaign, prng.below(lifeMs))) killed++;
  await runOnce(campaign);
  return { killed, summary: readFileSync(join(out, "summary.json"), "utf8") };
}

/** Runs it undisturbed. Throws what it says when it fails. */
export async function runOnce({ out, words }: Pick<KilledCampaign, "out" | "words">) {
  const { code, error } = await start(out, words).ended;
  if (code !== 0) throw new Error(`exit code ${code}: ${error}`);
}

/** The clock of its life starts when there is a journal. True if it was running till then. */
async function runAndKill({ out, words }: KilledCampaign, lifeMs: number): Promise<boolean> {
  const { child, ended } = start(out, words);
  while (!existsSync(journalPath(out)) && child.exitCode === null) await sleep(10);
  await sleep(lifeMs);
  const wasRunning = child.exitCode === null;
  child.kill("SIGKILL");
  await ended;
  return wasRunning;
}

function start(out: string, words: readonly string[]): Running {
  return startSlabfuzz(["fuzz", ...words, "--out", out, "--resume"]);
}
