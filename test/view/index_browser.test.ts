// The index of a campaign in a real browser: its table sorts, and its links lead to a moment.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packagePath } from "../../src/base/package_file.ts";
import { readTextFile } from "../../src/base/whole_file.ts";
import { damagePicture } from "../../src/view/damage_picture.ts";
import { type IndexRow, indexPage } from "../../src/view/index_page.ts";
import { viewPage } from "../../src/view/page.ts";
import { browserProgram } from "../html/browser.ts";
import { axeViolations } from "./axe.ts";
import { traceOfScript } from "./traced.ts";

const HOSTILE = "<img src=x onerror=document.title='owned'>";
const seed = traceOfScript(readTextFile(packagePath("examples/seed.slab")));

const ROW: IndexRow = {
  signature: "overflow-right|free-pointer|free-neighbour|-",
  verdict: "oops",
  class: "overflow-right",
  impact: "foreign",
  count: 9,
  operations: 15,
  view: "one/view.html#op=8",
  picture: damagePicture(seed),
  says: "",
};

const ROWS: readonly IndexRow[] = [
  ROW,
  { ...ROW, verdict: "detected", class: "bit-flip", impact: "none", count: 10, picture: undefined },
  { ...ROW, verdict: "blind", class: HOSTILE, impact: "overlap", count: 100, says: HOSTILE },
];

const program = browserProgram();

describe.skipIf(program === undefined)("the index of a campaign", () => {
  const folder = mkdtempSync(join(tmpdir(), "slabfuzz-index-"));
  const complaints: string[] = [];
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    mkdirSync(join(folder, "one"));
    writeFileSync(join(folder, "one", "view.html"), viewPage([seed], "slabfuzz view"));
    const text = indexPage({ lead: HOSTILE, rows: ROWS, again: HOSTILE });
    writeFileSync(join(folder, "index.html"), text);
    browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox"] });
    page = await browser.newPage({ viewport: { width: 1300, height: 900 } });
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(pathToFileURL(join(folder, "index.html")).href);
    await page.waitForSelector("body[data-ready]");
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  const column = async (number: number): Promise<readonly string[]> =>
    await page.locator(`tbody tr > :nth-child(${number})`).allInnerTexts();

  it("sorts by a column, and again the other way round", async () => {
    await page.getByRole("button", { name: "verdict" }).click();
    expect(await column(2)).toEqual(["oops", "blind", "detected"]);
    await page.getByRole("button", { name: "cases" }).press("Enter");
    expect(await column(4)).toEqual(["100", "10", "9"]);
    await page.getByRole("button", { name: "cases" }).press("Enter");
    expect(await column(4)).toEqual(["9", "10", "100"]);
    expect(await page.locator("th[aria-sort]").allInnerTexts()).toEqual(["cases"]);
  });

  it("draws the damaged bytes where they lie among the objects", async () => {
    const picture = page.locator("svg.damage").first();
    expect(await picture.getAttribute("aria-label")).toMatch(
      /^op 8: 8 bytes of the padding of object 8, .*; 8 bytes of the free pointer of object 9, /,
    );
    const [, padding] = [...(await picture.innerHTML()).matchAll(/class="padding" x="([\d.]+)"/g)];
    const hurt = [...(await picture.innerHTML()).matchAll(/class="hurt" x="([\d.]+)"/g)];
    const [first, second] = hurt.map(([, x]) => Number(x));
    // Two objects of 320 bytes: the damage begins 8 bytes before the end of the first one.
    expect(first).toBeCloseTo((260 * 312) / 640, 0);
    expect(second).toBeCloseTo(260 / 2, 0);
    expect(Number(padding[1])).toBeGreaterThan(second);
  });

  it("shows hostile names and does not run them", async () => {
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.title()).toBe("Campaign: 3 findings");
    expect((await column(1)).join("\n")).toContain(HOSTILE);
  });

  it("breaks no rule of accessibility that axe-core knows", async () => {
    expect(await axeViolations(page)).toEqual([]);
  });

  it("leads to the moment of the mistake, and complains of nothing", async () => {
    await page.getByRole("link", { name: "overflow-right" }).click();
    await page.waitForSelector("body[data-ready] .says");
    expect(await page.locator(".says").innerText()).toContain("Op 8 ");
    expect(complaints).toEqual([]);
  });
});
