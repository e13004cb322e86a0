// The pages of a whole campaign, against the record, the report and the judgement of each finding.
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { slabfuzz } from "../helper/command.ts";
import { foldersOf, pageFaults } from "../view/campaign_pages.ts";

const folder = mkdtempSync(join(tmpdir(), "slabfuzz-view-"));
const CAMPAIGN = ["--cases", "6000", "--seed", "11", "--slub-debug", "FZPU"];
const PAGE_BYTES_MAX = 3 * 1024 * 1024;

afterAll(() => rmSync(folder, { recursive: true }));

it("the view of every finding names the bytes, owner and operation of its record", async () => {
  await slabfuzz("fuzz", ...CAMPAIGN, "--out", folder, "--pages");
  const folders = foldersOf(folder);
  expect(folders.length).toBeGreaterThan(150);
  expect(folders.flatMap(pageFaults)).toEqual([]);
  const sizes = folders.map((one) => statSync(join(one, "view.html")).size);
  expect(Math.max(...sizes)).toBeLessThan(PAGE_BYTES_MAX);
});
