// A campaign that is killed (SIGKILL) at moments that a seed chooses, and resumed each time. Only
// the built command can be killed without ourselves.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Prng } from "../../src/base/prng.ts";
import { journalPath } from "../../src/campaign/journal.ts";

const COMMAND = fileURLToPath(new URL("../../bin/slabfuzz.js", import.meta.url));

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
  const child = start(out, words);
  let said = "";
  child.stderr.on("data", (text) => {
    said += text;
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  if (code !== 0) throw new Error(`exit code ${code}: ${said}`);
}

/** The clock of its life starts when there is a journal. True if it was running till then. */
async function runAndKill({ out, words }: KilledCampaign, lifeMs: number): Promise<boolean> {
  const child = start(out, words);
  child.stderr.resume();
  const ended = new Promise((resolve) => child.on("close", resolve));
  while (!existsSync(journalPath(out)) && child.exitCode === null) await sleep(10);
  await sleep(lifeMs);
  const wasRunning = child.exitCode === null;
  child.kill("SIGKILL");
  await ended;
  return wasRunning;
}

function start(out: string, words: readonly string[]) {
  const line = [COMMAND, "fuzz", ...words, "--out", out, "--resume"];
  return spawn(process.execPath, line, { stdio: ["ignore", "ignore", "pipe"] });
}
