// A merge does not depend on order or grouping, and counts no case twice.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FuzzRequest, fuzz } from "../../src/campaign/fuzz.ts";
import { Journal, readJournal } from "../../src/campaign/journal.ts";
import { type HeldPart, merge, united } from "../../src/campaign/merge.ts";
import { Tally } from "../../src/target/tally.ts";

const CAMPAIGN: FuzzRequest = {
  machine: { slubDebug: "FZP" },
  bugs: ["off-by-one", "double-free"],
  seed: 7n,
  opCountMax: 30,
  cases: 60,
};

let folder: string;
let made = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "slabfuzz-merge-"));
  await fuzz({ ...CAMPAIGN, out: at("whole") });
  for (const index of [1, 2, 3]) {
    await fuzz({ ...CAMPAIGN, shard: { index, count: 3 }, out: at(`third${index}`) });
  }
  await fuzz({ ...CAMPAIGN, seed: 8n, cases: 10, out: at("other") });
  await fuzz({ ...CAMPAIGN, cases: 10, invariants: { poison: 0 }, out: at("lax") });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function at(name: string): string {
  return join(folder, name);
}

/** Merges folders into a new one; returns its name. */
async function merged(...names: string[]): Promise<string> {
  const out = `merged${++made}`;
  await merge({ folders: names.map(at), out: at(out) });
  return out;
}

function filesOf(name: string): string[] {
  return ["summary.json", "campaign.journal"].map((file) =>
    readFileSync(join(at(name), file), "utf8"),
  );
}

function summaryOf(name: string): string {
  return filesOf(name)[0];
}

describe("a merge of shards", () => {
  it("gives the result of the whole campaign", async () => {
    expect(summaryOf(await merged("third1", "third2", "third3"))).toBe(summaryOf("whole"));
  });

  it("does not depend on the order of two shards", async () => {
    const [one, other] = [await merged("third1", "third3"), await merged("third3", "third1")];
    expect(filesOf(one)).toEqual(filesOf(other));
  });

  it("does not depend on how three shards are grouped", async () => {
    const left = await merged(await merged("third1", "third2"), "third3");
    const right = await merged("third1", await merged("third2", "third3"));
    expect(filesOf(left)).toEqual(filesOf(right));
  });

  it("counts a folder once, however often the folder is named", async () => {
    const once = await merged("third1", "third2");
    const often = await merged("third2", "third1", "third2", once);
    expect(filesOf(often)).toEqual(filesOf(once));
  });

  it("takes a part that another folder holds for done", async () => {
    expect(summaryOf(await merged("third2", "whole"))).toBe(summaryOf("whole"));
  });

  it("can be resumed: the missing cases are run", async () => {
    const out = at(await merged("third1", "third3"));
    const { summary, isFinished } = await fuzz({ out, resume: true });
    expect([summary.cases, isFinished]).toEqual([60, true]);
    expect(readFileSync(join(out, "summary.json"), "utf8")).toBe(summaryOf("whole"));
  });
});

describe("a merge is refused", () => {
  it("with a shard of another campaign", async () => {
    const message = `${at("other")}: cannot be merged with ${at("third1")}, it is another campaign`;
    await expect(merged("third1", "other")).rejects.toThrow(message);
  });

  it("with a campaign that kept other rules", async () => {
    const message = "it is another campaign, with another invariants";
    await expect(merged("third1", "lax")).rejects.toThrow(message);
    await expect(merged("lax")).resolves.toBeDefined();
  });

  it("with a campaign of another build, or of a build that differs from this one", async () => {
    const { header, parts } = readJournal(at("other"));
    Journal.begin(at("other"), { ...header, driver: "00000000" }, parts).close();
    await expect(merged("other")).rejects.toThrow("another build of slabfuzz made it");
    Journal.begin(at("other"), header, parts).close();
  });

  it("with a folder that holds no campaign", async () => {
    await expect(merged("nowhere")).rejects.toThrow(`${at("nowhere")}: holds no campaign`);
  });

  it("where it would overwrite a campaign that is none of its parts", async () => {
    const request = { folders: [at("third1")], out: at("third2") };
    await expect(merge(request)).rejects.toThrow(`${at("third2")}: holds a campaign already`);
  });
});

describe("the parts of a merge", () => {
  const held = (name: string, first: number, end: number, operations = 0): HeldPart => ({
    folder: name,
    part: { ranges: [[first, end]], timeMs: 1, tally: { ...new Tally().data, operations } },
  });

  it("are refused when they overlap, because their counts cannot be separated", () => {
    expect(() => united([held("a", 0, 10), held("b", 5, 20)])).toThrow(
      "a: shares case 5 with b, and has others that it has not",
    );
  });

  it("are refused when the same cases have different results", () => {
    expect(united([held("a", 0, 10), held("b", 0, 10)])).toHaveLength(1);
    expect(() => united([held("a", 0, 10, 7), held("b", 0, 10, 8)])).toThrow(
      "b: has the cases of a with other results",
    );
  });
});
