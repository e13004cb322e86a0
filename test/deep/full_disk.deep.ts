// A disk that becomes full: the campaign prints one sentence and its results, ends with 2, and
// gives the same bytes when it is resumed with free space. Only root can make the small disks.
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { filesIn } from "../helper/campaign_files.ts";
import { type Ended, runSlabfuzz } from "../helper/process.ts";
import { SmallDisk } from "../helper/small_disk.ts";

const CAMPAIGN = [
  ...["fuzz", "--no-config", "--slub-debug", "FZP", "--seed", "7", "--jobs", "2"],
  ...["--bugs", "off-by-one,double-free,wrong-size-use,bit-flip", "--cases", "2000"],
];
/** Parts of what the campaign needs: less than its probe takes, and places among its findings. */
const PARTS = [0.05, 0.2, 0.4, 0.5, 0.55, 0.6, 0.7, 0.8, 0.9, 0.95];
const ROOM = 64 << 10;

const probe = SmallDisk.of(64);
probe?.remove();
if (probe === undefined) console.log("skipped: only root can make small disks");

let folder: string;
/** KiB of everything that the campaign writes. */
let needed: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "slabfuzz-full-"));
  expect((await runSlabfuzz([...CAMPAIGN, "--out", join(folder, "whole")])).code).toBe(0);
  needed = filesIn(join(folder, "whole")).reduce((sum, [, text]) => sum + blocksOf(text), 0);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function expectOneSentence({ code, error }: Ended): void {
  expect([code, error]).toEqual([2, expect.stringContaining("the disk is full")]);
  expect(error).not.toContain("    at ");
}

/** KiB that a file takes on a disk. */
function blocksOf(text: string): number {
  return 4 * Math.ceil(Buffer.byteLength(text) / 4096);
}

function summaryIn(out: string): string {
  return readFileSync(join(out, "summary.json"), "utf8");
}

describe.skipIf(probe === undefined)("a full disk:", () => {
  it.each(PARTS)("a campaign with %d of its room tells so, and can be resumed", async (part) => {
    const disk = SmallDisk.of(Math.floor(part * needed))!;
    try {
      const out = join(disk.path, "out");
      const first = await runSlabfuzz([...CAMPAIGN, "--out", out]);
      expectOneSentence(first);
      // Once cases have run, what they came to is shown.
      if (first.out !== "") expect(first.out).toMatch(/\n\d+ cases, \d+ operations/);
      disk.resize(ROOM);
      const words = existsSync(join(out, "campaign.journal")) ? ["--resume"] : [];
      expect((await runSlabfuzz([...CAMPAIGN, "--out", out, ...words])).code).toBe(0);
      expect(filesIn(out)).toEqual(filesIn(join(folder, "whole")));
    } finally {
      disk.remove();
    }
  });

  it.each(["resume", "merge"])("a finished campaign loses no result by a %s", async (what) => {
    const disk = SmallDisk.of(ROOM)!;
    try {
      const out = join(disk.path, "out");
      cpSync(join(folder, "whole"), out, { recursive: true });
      disk.resize(2048);
      const words = what === "resume" ? ["fuzz", "--no-config", "--resume", out] : ["merge", out];
      const place = what === "resume" ? [] : ["--out", join(disk.path, "merged")];
      // The rest of the disk, to the last byte.
      expect(() => writeFileSync(join(disk.path, "rest"), new Uint8Array(4 << 20))).toThrow();
      expectOneSentence(await runSlabfuzz([...words, ...place]));
      expect(summaryIn(out)).toBe(summaryIn(join(folder, "whole")));
      rmSync(join(disk.path, "rest"));
      disk.resize(ROOM);
      expect((await runSlabfuzz([...words, ...place])).code).toBe(0);
      expect(summaryIn(place[1] ?? out)).toBe(summaryIn(join(folder, "whole")));
    } finally {
      disk.remove();
    }
  });
});
