// A campaign whose journal has several lines, and what becomes of it when the journal is damaged.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../src/base/user_error.ts";
import { type FuzzRequest, fuzz } from "../../src/campaign/fuzz.ts";
import { journalPath, readJournal } from "../../src/campaign/journal.ts";
import { journalText } from "../../src/campaign/journal_text.ts";

const CAMPAIGN: FuzzRequest = {
  machine: { slubDebug: "FZP" },
  bugs: ["off-by-one"],
  seed: 7n,
  opCountMax: 40,
  cases: 60,
};
const SHARDS = 5;

/** The undisturbed campaign. */
export interface WholeCampaign {
  readonly summary: string;
  /** With a line for each fifth of the cases. */
  readonly journal: Buffer;
}

export async function wholeCampaign(folder: string): Promise<WholeCampaign> {
  const whole = join(folder, "whole");
  await fuzz({ ...CAMPAIGN, out: whole });
  const parts = [];
  for (let index = 1; index <= SHARDS; index++) {
    const out = join(folder, `shard${index}`);
    await fuzz({ ...CAMPAIGN, out, shard: { index, count: SHARDS } });
    parts.push(...readJournal(out).parts);
  }
  const text = journalText({ header: readJournal(whole).header, parts });
  return { summary: summaryIn(whole), journal: Buffer.from(text) };
}

function summaryIn(out: string): string {
  return readFileSync(join(out, "summary.json"), "utf8");
}

/** The summary of the campaign that is resumed with this journal, or why it is refused. */
export async function resumedWith(
  journal: Uint8Array,
  folder: string,
): Promise<{ readonly summary: string } | { readonly refusal: string }> {
  const out = join(folder, "damaged");
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out);
  writeFileSync(journalPath(out), journal);
  try {
    await fuzz({ out, resume: true });
    return { summary: summaryIn(out) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { refusal: error.message };
  }
}
