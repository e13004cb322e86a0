// A campaign that was interrupted and resumed is the campaign that nobody interrupted.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type FuzzRequest, type FuzzResult, fuzz } from "../../src/campaign/fuzz.ts";
import { journalPath } from "../../src/campaign/journal.ts";

vi.setConfig({ testTimeout: 180_000 });

const CAMPAIGN: FuzzRequest = {
  machine: { slubDebug: "FZP" },
  bugs: ["off-by-one", "double-free"],
  seed: 7n,
  opCountMax: 60,
  cases: 700,
};

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slabfuzz-resume-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs until so many batches are done. */
function interruptedAfter(batches: number, request: FuzzRequest): Promise<FuzzResult> {
  const controller = new AbortController();
  let left = batches;
  const onProgress = () => {
    if (--left <= 0) controller.abort();
  };
  return fuzz({ ...request, signal: controller.signal, onProgress });
}

function summaryIn(out: string): string {
  return readFileSync(join(out, "summary.json"), "utf8");
}

describe("a campaign that is resumed", () => {
  it("ends as the undisturbed one does, byte by byte", async () => {
    const [whole, parts] = [join(folder, "whole"), join(folder, "parts")];
    await fuzz({ ...CAMPAIGN, out: whole });
    const first = await interruptedAfter(1, { ...CAMPAIGN, out: parts });
    expect(first.isFinished).toBe(false);
    await interruptedAfter(2, { out: parts, resume: true });
    const last = await fuzz({ out: parts, resume: true, jobs: 2 });
    expect([last.isFinished, last.summary.cases]).toEqual([true, 700]);
    expect(last.start.before.done.size).toBe(700); // it was added to
    expect(summaryIn(parts)).toBe(summaryIn(whole));
    expect(readdirSync(parts).sort()).toEqual(readdirSync(whole).sort());
  });

  it("runs nothing twice, and nothing at all when it is finished", async () => {
    const out = join(folder, "out");
    const finished = await fuzz({ ...CAMPAIGN, cases: 60, out });
    let batches = 0;
    const onProgress: FuzzRequest["onProgress"] = ({ written }) => {
      if (written === undefined) batches++;
    };
    const again = await fuzz({ out, resume: true, onProgress });
    expect(batches).toBe(0);
    expect(again.summary.digest).toBe(finished.summary.digest);
  });

  it("can be made longer", async () => {
    const out = join(folder, "out");
    await fuzz({ ...CAMPAIGN, cases: 100, out });
    const longer = await fuzz({ out, resume: true, cases: 150 });
    const whole = await fuzz({ ...CAMPAIGN, cases: 150 });
    expect(longer.summary.digest).toBe(whole.summary.digest);
  });

  it("begins anew where there is nothing, if its seed is named", async () => {
    const out = join(folder, "out");
    const { summary } = await fuzz({ ...CAMPAIGN, cases: 30, out, resume: true });
    expect(summary.cases).toBe(30);
    await expect(fuzz({ out: join(folder, "other"), resume: true })).rejects.toThrow(
      "holds no campaign",
    );
  });

  it("is refused with other options, with what differs", async () => {
    const out = join(folder, "out");
    await fuzz({ ...CAMPAIGN, cases: 20, out });
    const others: readonly (readonly [FuzzRequest, string])[] = [
      [{ seed: 8n }, "with another seed"],
      [{ bugs: ["off-by-one"] }, "with another bugs"],
      [{ machine: { slubDebug: "Z" } }, "with another machine"],
      [{ invariants: { poison: 0 } }, "with another invariants"],
      [{ shard: { index: 1, count: 2 } }, "is shard 1/1 of 20 cases, and stays that"],
    ];
    for (const [request, message] of others) {
      await expect(fuzz({ ...request, out, resume: true })).rejects.toThrow(message);
    }
  });

  it("keeps the rules that it began with", async () => {
    const out = join(folder, "out");
    const invariants = { poison: 0, "red-zone": 4 };
    await fuzz({ ...CAMPAIGN, cases: 20, invariants, out });
    const { options } = await fuzz({ out, resume: true, cases: 30 });
    expect(options).toMatchObject({ invariants });
    await fuzz({ invariants: { "red-zone": 4, poison: 0 }, out, resume: true, cases: 40 });
  });

  it("is refused by another build", async () => {
    const { Journal, readJournal } = await import("../../src/campaign/journal.ts");
    const out = join(folder, "out");
    await fuzz({ ...CAMPAIGN, cases: 20, out });
    const { header, parts } = readJournal(out);
    Journal.begin(out, { ...header, driver: "00000000" }, parts).close();
    await expect(fuzz({ out, resume: true })).rejects.toThrow(
      `${out}: cannot be resumed, another build of slabfuzz made it`,
    );
  });
});

it("a new campaign keeps the journal of an unfinished one, and says so", async () => {
  const out = join(folder, "out");
  const { summary } = await interruptedAfter(1, { ...CAMPAIGN, out });
  const notes: string[] = [];
  const onNote = (line: string) => void notes.push(line);
  await fuzz({ ...CAMPAIGN, seed: 8n, cases: 10, out, onNote });
  expect(notes).toEqual([
    `${out}: the journal of an unfinished campaign (seed 7, ${summary.cases} cases) is now ` +
      `${journalPath(out)}.old`,
  ]);
  expect(existsSync(`${journalPath(out)}.old`)).toBe(true);
});
