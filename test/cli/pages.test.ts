// slabfuzz fuzz --pages: a view beside each finding, and an index of them.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readTextFile } from "../../src/base/whole_file.ts";
import { slabfuzz } from "../helper/command.ts";
import { foldersOf, pageFaults, tracesOf } from "../view/campaign_pages.ts";

const CAMPAIGN = ["--cases", "60", "--seed", "11", "--slub-debug", "FZPU"];

describe("the pages of a campaign", () => {
  const folder = mkdtempSync(join(tmpdir(), "slabfuzz-pages-"));
  let folders: readonly string[] = [];
  let index = "";
  let said = "";

  beforeAll(async () => {
    const { error } = await slabfuzz("fuzz", ...CAMPAIGN, "--out", folder, "--pages");
    said = error;
    folders = foldersOf(folder);
    index = readTextFile(join(folder, "index.html"));
  }, 60_000);

  afterAll(() => rmSync(folder, { recursive: true }));

  it("name the same bytes, owner and operation as the record of each finding", () => {
    expect(folders.length).toBeGreaterThan(10);
    expect(folders.flatMap(pageFaults)).toEqual([]);
    const traces = folders.map((one) => tracesOf(readTextFile(join(one, "view.html")))[0]);
    const damaged = traces.filter(({ damages }) => damages.length > 0);
    expect(damaged.length).toBeGreaterThan(folders.length / 3);
  });

  it("have an index with a row, a link and the damage of each finding", () => {
    expect(said).toContain(`${join(folder, "index.html")}: written`);
    const links = [...index.matchAll(/<a href="([^"#]+)\/view\.html#op=(\d+)">/g)];
    expect(links.map(([, name]) => name).sort()).toEqual(folders.map((one) => basename(one)));
    for (const [, name, op] of links) {
      const [trace] = tracesOf(readTextFile(join(folder, name, "view.html")));
      expect([name, trace.jumps.mistake ?? trace.jumps.report ?? 0]).toEqual([name, Number(op)]);
    }
    expect(index.match(/<svg class="damage"/g)?.length).toBeGreaterThan(links.length / 3);
  });

  it("name no folder of the machine that made them", () => {
    for (const file of [index, readTextFile(join(folders[0], "view.html"))]) {
      expect(file).not.toContain(tmpdir());
    }
  });

  it("are gone where the same findings are stored again without pages", async () => {
    const [some] = folders;
    await slabfuzz("fuzz", ...CAMPAIGN, "--out", folder);
    expect(() => readTextFile(join(some, "view.html"))).toThrow(/no such file/);
  });
});
