// A campaign that was interrupted and resumed equals the uninterrupted campaign.
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type FuzzRequest, type FuzzResult, fuzz } from "../../src/campaign/fuzz.ts";
import { journalPath } from "../../src/campaign/journal.ts";
import { merge } from "../../src/campaign/merge.ts";

const CAMPAIGN: FuzzRequest = {
  machine: { slubDebug: "FZP" },
  bugs: ["off-by-one", "double-free"],
  seed: 7n,
  opCountMax: 60,
  cases: 400,
};

/** As little as has findings. */
const FEW: FuzzRequest = { ...CAMPAIGN, cases: 30 };

let folder: string;
/** A campaign that has ended; tests go on with copies of its folder. */
let few: { readonly folder: string; readonly digest: string };

beforeAll(async () => {
  const out = mkdtempSync(join(tmpdir(), "slabfuzz-resume-"));
  const { summary } = await fuzz({ ...FEW, out });
  few = { folder: out, digest: summary.digest };
});

afterAll(() => rmSync(few.folder, { recursive: true, force: true }));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slabfuzz-resume-"));
});

function copyOfFew(): string {
  const out = join(folder, "out");
  cpSync(few.folder, out, { recursive: true });
  return out;
}

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
    expect([last.isFinished, last.summary.cases]).toEqual([true, 400]);
    expect(last.start.before.done.size).toBe(400); // it was added to
    expect(summaryIn(parts)).toBe(summaryIn(whole));
    expect(readdirSync(parts).sort()).toEqual(readdirSync(whole).sort());
  });

  it("runs no case twice, and no case at all when it is finished", async () => {
    const out = copyOfFew();
    let batches = 0;
    const onProgress: FuzzRequest["onProgress"] = ({ written }) => {
      if (written === undefined) batches++;
    };
    const again = await fuzz({ out, resume: true, onProgress });
    expect(batches).toBe(0);
    expect(again.summary.digest).toBe(few.digest);
  });

  it("can be made longer", async () => {
    const longer = await fuzz({ out: copyOfFew(), resume: true, cases: 45 });
    const whole = await fuzz({ ...CAMPAIGN, cases: 45 });
    expect(longer.summary.digest).toBe(whole.summary.digest);
  });

  it("begins anew in an empty folder, if its seed is named", async () => {
    const out = join(folder, "out");
    const { summary } = await fuzz({ ...CAMPAIGN, cases: 30, out, resume: true });
    expect(summary.cases).toBe(30);
    await expect(fuzz({ out: join(folder, "other"), resume: true })).rejects.toThrow(
      "holds no campaign",
    );
  });

  it("is refused with other options, and the message names the difference", async () => {
    const out = copyOfFew();
    const others: readonly (readonly [FuzzRequest, string])[] = [
      [{ seed: 8n }, "with another seed"],
      [{ bugs: ["off-by-one"] }, "with another bugs"],
      [{ machine: { slubDebug: "Z" } }, "with another machine"],
      [{ invariants: { poison: 0 } }, "with another invariants"],
      [{ shard: { index: 1, count: 2 } }, "is shard 1/1 of 30 cases, and stays that"],
    ];
    for (const [request, message] of others) {
      await expect(fuzz({ ...request, out, resume: true })).rejects.toThrow(message);
    }
  });

  it("keeps the rules that it began with", async () => {
    const out = join(folder, "out");
    const invariants = { poison: 0, "red-zone": 4 };
    await fuzz({ ...CAMPAIGN, bugs: ["none"], cases: 20, invariants, out });
    const { options } = await fuzz({ out, resume: true, cases: 30 });
    expect(options).toMatchObject({ invariants });
    await fuzz({ invariants: { "red-zone": 4, poison: 0 }, out, resume: true, cases: 40 });
  });

  it("is refused by another build", async () => {
    const { Journal, readJournal } = await import("../../src/campaign/journal.ts");
    const out = copyOfFew();
    const { header, parts } = readJournal(out);
    Journal.begin(out, { ...header, driver: "00000000" }, parts).close();
    await expect(fuzz({ out, resume: true })).rejects.toThrow(
      `${out}: cannot be resumed, another build of slabfuzz made it`,
    );
  });
});

describe("a campaign that is started in a used folder", () => {
  it("continues the journal of the same campaign where that is unfinished", async () => {
    const out = join(folder, "out");
    const { summary } = await interruptedAfter(2, { ...CAMPAIGN, out });
    const notes: string[] = [];
    const onNote = (line: string) => void notes.push(line);
    await interruptedAfter(1, { ...CAMPAIGN, out, onNote });
    expect(notes).toEqual([
      `${out}: the journal of an unfinished campaign (seed 7, ${summary.cases} cases) is now ` +
        `${journalPath(out)}.old`,
    ]);
    expect(existsSync(`${journalPath(out)}.old`)).toBe(true);
  });

  it("leaves the same files after the same campaign", async () => {
    const out = copyOfFew();
    const before = [readdirSync(out), summaryIn(out)];
    await fuzz({ ...FEW, out });
    expect([readdirSync(out), summaryIn(out)]).toEqual(before);
  });

  it("is refused after another campaign, or is stored beside it with a number", async () => {
    const out = copyOfFew();
    const before = [readdirSync(out), summaryIn(out)];
    const other = { ...FEW, seed: 8n, out };
    for (const request of [other, { ...FEW, cases: 20, out }, { ...FEW, timeMs: 9000, out }]) {
      await expect(fuzz(request)).rejects.toThrow(
        `${out}: holds a campaign already (seed 7, 30 cases): go on with that by --resume`,
      );
    }
    const notes: string[] = [];
    const onNote = (line: string) => void notes.push(line);
    const numbered = await fuzz({ ...other, numbersOut: true, onNote });
    expect([numbered.out, existsSync(journalPath(`${out}-2`))]).toEqual([`${out}-2`, true]);
    expect(notes).toEqual([`${out} is taken: this campaign is stored in ${out}-2`]);
    expect([readdirSync(out), summaryIn(out)]).toEqual(before);
  });

  it("is refused where the folder holds a foreign summary, findings or journal", async () => {
    const out = join(folder, "out");
    const refused = async (message: string) => {
      await expect(fuzz({ ...FEW, out })).rejects.toThrow(message);
      rmSync(out, { recursive: true });
    };
    mkdirSync(out);
    writeFileSync(join(out, "summary.json"), "mine");
    await refused(`${out}: holds a summary.json already`);
    mkdirSync(join(out, "x.012345"), { recursive: true });
    writeFileSync(join(out, "x.012345", "finding.json"), "{}");
    await refused(`${out}: holds findings already`);
    mkdirSync(journalPath(out), { recursive: true });
    await refused(`${out}: holds a campaign already (which cannot be read)`);
    mkdirSync(out);
    symlinkSync("/nowhere/at/all", journalPath(out));
    await refused(`${out}: holds a campaign already (which cannot be read)`);
  });

  it("leaves other files as they are", async () => {
    const out = join(folder, "out");
    mkdirSync(join(out, "notes.d"), { recursive: true });
    writeFileSync(join(out, "README"), "mine");
    await fuzz({ ...FEW, out });
    expect(readFileSync(join(out, "README"), "utf8")).toBe("mine");
    expect(existsSync(join(out, "notes.d"))).toBe(true);
  });
});

describe("a journal that cannot be read", () => {
  it.each([
    ["a folder", "is a folder"],
    ["a pipe", "is no file"],
    ["a link to nothing", "is a link"],
    ["a link to a device that never ends", "is a link"],
  ])("is refused in one sentence: %s", async (what, message) => {
    const out = join(folder, "out");
    mkdirSync(out);
    const path = journalPath(out);
    if (what === "a folder") mkdirSync(path);
    else if (what === "a pipe") execFileSync("mkfifo", [path]);
    else symlinkSync(what.endsWith("ends") ? "/dev/zero" : join(folder, "none"), path);
    await expect(fuzz({ out, resume: true })).rejects.toThrow(`${path}: ${message}`);
    await expect(merge({ folders: [out], out: join(folder, "whole") })).rejects.toThrow(message);
  });
});

it("a campaign is the same in whatever order its lists are named", async () => {
  const out = join(folder, "out");
  const lists = { without: ["krealloc", "bulk"], workload: ["fifo", "lifo"] } as const;
  const { options } = await fuzz({
    ...CAMPAIGN,
    ...lists,
    bugs: ["double-free", "off-by-one", "double-free"],
    sizes: [64, 320],
    machine: { slubDebug: "pZF" },
    cases: 10,
    out,
  });
  expect(options.bugs).toEqual(["off-by-one", "double-free"]);
  const again = { ...lists, sizes: [320, 64], machine: { slubDebug: "FZP" } };
  const { summary } = await fuzz({ out, resume: true, ...again, cases: 20 });
  const whole = await fuzz({ ...CAMPAIGN, ...lists, sizes: [64, 320], cases: 20 });
  expect(summary.digest).toBe(whole.summary.digest);
});
