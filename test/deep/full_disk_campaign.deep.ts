// A disk that becomes full at any moment loses no result, and causes one message. Disks of a few
// kilobytes are in test/deep/full_disk.deep.ts; here every write may be the one that fails.
import fs, { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type FuzzRequest,
  type FuzzResult,
  fuzz,
  UnstoredCampaign,
} from "../../src/campaign/fuzz.ts";
import { Journal, journalPath } from "../../src/campaign/journal.ts";
import { MutationJournal } from "../../src/checks/mutate/journal.ts";

/** Writes that succeed before the disk is full, and bytes of the next one that still fit. */
const disk = { writesLeft: Number.POSITIVE_INFINITY, bytesLeft: 0 };

const { writeSync } = fs;
/** Replaces it for everybody who imports it. */
function writeWith(write: typeof writeSync): void {
  fs.writeSync = write;
  syncBuiltinESMExports();
}

function writeToDisk(file: number, bytes: Uint8Array, at = 0): number {
  if (disk.writesLeft-- > 0) return writeSync(file, bytes, at);
  const room = disk.bytesLeft;
  disk.bytesLeft = 0;
  if (room > 0) return writeSync(file, bytes, at, Math.min(room, bytes.length - at));
  throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
}

beforeAll(() => writeWith(writeToDisk as typeof writeSync));
afterAll(() => writeWith(writeSync));

const CAMPAIGN: FuzzRequest = {
  machine: { slubDebug: "FZP" },
  bugs: ["off-by-one"],
  seed: 7n,
  opCountMax: 40,
  cases: 60,
};

let folder: string;
let whole: string;

beforeAll(async () => {
  const out = mkdtempSync(join(tmpdir(), "slabfuzz-full-"));
  await fuzz({ ...CAMPAIGN, out });
  whole = summaryIn(out);
  rmSync(out, { recursive: true });
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slabfuzz-full-"));
});

afterEach(() => {
  disk.writesLeft = Number.POSITIVE_INFINITY;
  disk.bytesLeft = 0;
  rmSync(folder, { recursive: true, force: true });
});

function summaryIn(out: string): string {
  return readFileSync(join(out, "summary.json"), "utf8");
}

/** The results of a campaign that could not be stored. */
async function knownOf(run: Promise<FuzzResult>): Promise<FuzzResult> {
  const error = await run.catch((reason) => reason);
  expect(error).toBeInstanceOf(UnstoredCampaign);
  expect(error.message).toMatch(/^[^\n]+\(the disk is full\)$/);
  return (error as UnstoredCampaign).result;
}

describe("a campaign whose disk is full", () => {
  // The probe and the beginning of the journal are written before a case runs.
  it.each([2, 3, 4, 7, 11])(
    "after %d writes tells what it found, and can be resumed",
    async (n) => {
      const out = join(folder, "out");
      disk.writesLeft = n;
      const { summary } = await knownOf(fuzz({ ...CAMPAIGN, out }));
      // A journal that fails may end the campaign among its cases.
      const { digest } = JSON.parse(whole);
      expect(summary.cases).toBeGreaterThan(0);
      if (summary.cases === CAMPAIGN.cases) expect(summary.digest).toBe(digest);
      disk.writesLeft = Number.POSITIVE_INFINITY;
      await fuzz({ out, resume: true });
      expect(summaryIn(out)).toBe(whole);
      expect(readdirSync(out).filter((name) => name.startsWith("."))).toEqual([]);
    },
  );

  it("before it begins is refused", async () => {
    disk.writesLeft = 0;
    const out = join(folder, "out");
    const message = `${out}: cannot store findings there (the disk is full)`;
    await expect(fuzz({ ...CAMPAIGN, out })).rejects.toThrow(message);
    expect(readdirSync(out)).toEqual([]);
  });

  it("keeps its results when it is resumed", async () => {
    const out = join(folder, "out");
    await fuzz({ ...CAMPAIGN, out });
    for (const writes of [0, 1, 2]) {
      disk.writesLeft = writes;
      await expect(fuzz({ out, resume: true })).rejects.toThrow("the disk is full");
      expect(summaryIn(out)).toBe(whole);
    }
  });
});

it("a campaign whose folder is deleted meanwhile tells about it, and what it found", async () => {
  const out = join(folder, "out");
  const onProgress = () => rmSync(out, { recursive: true, force: true });
  const error = await fuzz({ ...CAMPAIGN, out, onProgress }).catch((reason) => reason);
  expect(error.message).toBe(`${journalPath(out)}: was deleted meanwhile`);
  expect((error as UnstoredCampaign).result.summary.cases).toBeGreaterThan(0);
  expect(existsSync(out)).toBe(false);
});

describe("a journal on a full disk", () => {
  it("holds no part of a line that did not fit, and takes the line when space is free", () => {
    const header = {
      ...{ campaign: "sf1:", driver: "01234567", cases: 9, shard: "1/1" },
      ...{ timeMs: null, isMerged: false },
    };
    const tally = {
      ...{ cases: 1, operations: 1, digestHigh: 0, digestLow: 0 },
      ...{ verdicts: { none: { ok: 1 } }, findings: [] },
    };
    const journal = Journal.begin(folder, header);
    const before = readFileSync(journalPath(folder), "utf8");
    journal.add({ ranges: [[0, 1]], timeMs: 1, tally });
    Object.assign(disk, { writesLeft: 0, bytesLeft: 5 });
    expect(() => journal.flush()).toThrow("cannot be written to (the disk is full)");
    expect(readFileSync(journalPath(folder), "utf8")).toBe(before);
    disk.writesLeft = Number.POSITIVE_INFINITY;
    journal.close();
    expect(readFileSync(journalPath(folder), "utf8")).toContain("[[0,1]]");
  });

  it("holds no part of a mutant's line that did not fit", () => {
    const header = { target: "slub", module: "a", programs: "b" };
    const journal = MutationJournal.begin(folder, header);
    Object.assign(disk, { writesLeft: 0, bytesLeft: 5 });
    const result = { id: "f", state: "survived", programs: 1, ms: 1 } as const;
    expect(() => journal.add(result)).toThrow("mutants.jsonl: cannot be written to (the disk");
    disk.writesLeft = Number.POSITIVE_INFINITY;
    journal.add({ ...result, id: "g" });
    journal.close();
    expect(MutationJournal.resume(folder, header).results).toEqual([{ ...result, id: "g" }]);
  });
});
