// The page of a view in a real browser: stepping, zooming, links to a moment, comparing.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packagePath } from "../../src/base/package_file.ts";
import { readTextFile } from "../../src/base/whole_file.ts";
import { programOfScript } from "../../src/targets/targets.ts";
import { viewPage } from "../../src/view/page.ts";
import { traceOf } from "../../src/view/trace_of.ts";
import { browserProgram } from "../html/browser.ts";
import { axeViolations, axeViolationsUnder, PHONE } from "./axe.ts";
import { traceOfScript } from "./traced.ts";

const SEED = readTextFile(packagePath("examples/seed.slab"));
const HOSTILE = "cache <img/src=x/onerror=document.title='owned'> 64 0 -\n";
const MODULE = "# target: tlsf\nalloc b0 24\nalloc b1 24\nwrite b0 20 16 65\nfree b0\n";
const SHEAVES = "# profile: v7.3\n# boot: up\ncache c 2048 0 -\nalloc c p\nfree c p\n";
/** Slabs of twenty caches, which no screen holds. */
const MANY = Array.from(
  { length: 20 },
  (_, i) => `cache c${i} ${64 + 8 * i} 0 -\nalloc c${i} x${i}\n`,
);
/** As many operations as a list with an element for each could not step through. */
const LONG = `cache c 64 0 -\n${"alloc c a\nfree c a\n".repeat(2500)}`;
const PAGE_BYTES_MAX = 3 * 1024 * 1024;

const program = browserProgram();

describe.skipIf(program === undefined)("the page of a view", () => {
  const folder = mkdtempSync(join(tmpdir(), "slabfuzz-view-"));
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];
  const requests: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox"] });
    page = await browser.newPage({ viewport: { width: 1300, height: 900 } });
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => requests.push(request.url()));
    const seed = traceOfScript(SEED);
    const files = {
      "seed.html": viewPage([seed], "slabfuzz view seed.slab --html seed.html"),
      "both.html": viewPage([seed, traceOfScript(SEED, { slubDebug: "FZ" })], "slabfuzz view"),
      "slabs.html": viewPage([traceOfScript(MANY.join(""), { slubDebug: "U" })], "slabfuzz view"),
      "long.html": viewPage([traceOfScript(LONG)], "slabfuzz view"),
      "sheaves.html": viewPage([traceOfScript(SHEAVES)], "slabfuzz view"),
      "hostile.html": viewPage([traceOfScript(HOSTILE)], "<script>alert(1)</script>"),
    };
    const module = await programOfScript({ name: "module.slab", file: "m", text: MODULE });
    const pages = { ...files, "module.html": viewPage([await traceOf(module)], "slabfuzz view") };
    for (const [name, text] of Object.entries(pages)) {
      expect(text.length).toBeLessThan(PAGE_BYTES_MAX);
      writeFileSync(join(folder, name), text);
    }
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  async function open(name: string, hash = ""): Promise<void> {
    await page.goto("about:blank");
    await page.goto(`${pathToFileURL(join(folder, name)).href}${hash}`);
    await page.waitForSelector("body[data-ready]");
  }

  const says = () => page.locator(".says").first().innerText();

  it("shows the sheaves of 7.3 as boxes, which keys reach and which lead to objects", async () => {
    await open("sheaves.html", "#op=2");
    const main = page.locator(".sheaf").first();
    expect(await main.locator("figcaption").innerText()).toContain("main of CPU 0, 12 of 12");
    const boxes = main.locator(".cell");
    expect(await boxes.count()).toBe(12);
    await boxes.first().focus();
    await page.keyboard.press("ArrowRight");
    const second = await page.evaluate(() => document.activeElement?.getAttribute("title"));
    expect(second).toBe(await boxes.nth(1).getAttribute("title"));
    await page.keyboard.press("Enter");
    expect(await page.locator('.cell[aria-pressed="true"]').count()).toBe(1);
  });

  it("opens at the operation of its address and steps with keys", async () => {
    await open("seed.html", "#op=8");
    expect(await says()).toContain("8 bytes of the free pointer of free object 9");
    expect(await page.locator(".cell.D").count()).toBe(2);
    await page.keyboard.press("ArrowRight");
    expect(await says()).toContain("A1 is object 9");
    expect(await page.locator(".lists .broken").innerText()).toContain("XXXTBL+0x18");
    expect(await page.locator(".arrows .broken").count()).toBe(1);
    await expect.poll(() => page.url()).toMatch(/#op=9$/);
    await page.keyboard.press("Home");
    expect(await page.locator(".cell").count()).toBe(0);
  });

  it("shows at any operation the same, from whichever side it is come to", async () => {
    await open("seed.html", "#op=10");
    const before = await page.locator("#panes").innerHTML();
    await page.keyboard.press("End");
    await page.getByRole("button", { name: "the mistake: op 8" }).click();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    expect(await page.locator("#panes").innerHTML()).toBe(before);
  });

  it("shows the bytes of an object with their owner and last writer", async () => {
    await open("seed.html", "#op=8");
    await page.getByTitle(/^object 9, /).click();
    const hurt = page.locator(".part.free-pointer .byte.hurt");
    expect(await hurt.count()).toBe(8);
    await hurt.first().hover();
    const status = await page.locator(".status").innerText();
    expect(status).toMatch(
      /object 9 .*free pointer.* damaged .*op 8 \(listadd B\+312 .* as program/,
    );
    await expect.poll(() => page.url()).toMatch(/#op=8&at=\d+\.9$/);
    await page.keyboard.press("Escape");
    expect(await page.locator(".zoom").isVisible()).toBe(false);
  });

  it("shows the global that was handed out as an object beside the slabs", async () => {
    await open("seed.html", "#op=12");
    await page.locator(".stray button").click();
    expect(await page.locator(".zoom h4").allInnerTexts()).toContainEqual(
      expect.stringContaining("A2, handed out as an object"),
    );
  });

  it("shows two runs in step, and where they differ", async () => {
    await open("both.html", "#op=8");
    const told = await page.locator(".says").allInnerTexts();
    expect(told[0]).toContain("free pointer of free object 9");
    expect(told[1]).toContain("right redzone of its own object 0");
    expect(await page.locator(".pane.differs").count()).toBe(2);
    await page.keyboard.press("End");
    expect(await page.locator(".says").first().innerText()).toBe("This run ended at op 14.");
  });

  it("shows the heap of a module as blocks, and the bytes of one with their writers", async () => {
    await open("module.html", "#op=2");
    expect(await page.locator(".cell.D").count()).toBe(1);
    await page.getByTitle(/^b1, alive since op 1, 24 bytes, damaged$/).click();
    const hurt = page.locator(".byte.hurt");
    expect(await hurt.count()).toBe(12);
    await hurt.last().hover();
    expect(await page.locator(".status").innerText()).toMatch(/written by op 2 .* as program$/);
    expect(await page.locator(".zoom h4").allInnerTexts()).toContainEqual(
      "b1, alive since op 1, 24 bytes",
    );
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press("ArrowRight");
    expect(await page.locator(".cell.F").count()).toBe(1);
  });

  it("has elements for the operations in sight only, wherever it is", async () => {
    await open("long.html", "#op=2500");
    for (const key of ["ArrowRight", "End", "Home"]) {
      await page.keyboard.press(key);
      const rows = page.locator("#ops [role=option]");
      expect(await rows.count()).toBeLessThan(150);
      const chosen = page.locator("#ops [aria-selected=true]");
      const [box, row] = [await page.locator("#ops").boundingBox(), await chosen.boundingBox()];
      expect(row!.y).toBeGreaterThanOrEqual(box!.y);
      expect(row!.y + row!.height).toBeLessThanOrEqual(box!.y + box!.height);
    }
    expect(await page.locator("#ops [aria-selected=true] code").innerText()).toBe("cache c 64 0 -");
    expect(await page.locator("*").count()).toBeLessThan(2000);
  });

  it("shows a hostile name and does not run it", async () => {
    await open("hostile.html");
    expect(await page.locator("#ops code").first().innerText()).toContain("<img/src=x/onerror");
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.title()).toBe("test.slab, step by step");
  });

  it("reaches by keys a slab that was never in sight", async () => {
    await open("slabs.html", "#op=999");
    const last = page.locator(".slab").last();
    expect(await last.locator(".cell").count()).toBe(0);
    await page.getByRole("button", { name: /^Go to c19\// }).press("Enter");
    await expect.poll(() => last.locator(".cell").count()).toBeGreaterThan(0);
    expect(await page.evaluate(() => document.activeElement?.className)).toMatch(/^cell L/);
    expect(await last.evaluate((one) => one.classList.contains("touched"))).toBe(true);
  });

  it("leaves out on paper what only a hand can use, and shows every slab", async () => {
    await open("slabs.html", "#op=999");
    await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    expect(await page.locator("#time").isVisible()).toBe(false);
    expect(await page.locator(".slab").count()).toBe(20);
    expect(await page.locator(".slab:not(:has(.cell))").count()).toBe(0);
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(ground).toBe("rgb(255, 255, 255)");
    await page.emulateMedia({ media: null, colorScheme: null });
  });

  it("breaks no rule of accessibility that axe-core knows", async () => {
    await open("both.html", "#op=8");
    expect(await axeViolationsUnder(page, { scheme: "dark", ...PHONE })).toEqual([]);
    for (const hash of ["#op=0", "#op=8", "#op=12"]) {
      await open("seed.html", hash);
      await page
        .locator(".cell")
        .first()
        .click({ timeout: 500 })
        .catch(() => {});
      const found = await axeViolations(page);
      expect([hash, found]).toEqual([hash, []]);
    }
  });

  it("a page that breaks rules of accessibility is told from its benign twin", async () => {
    const pageOf = (ink: string, words: string) => `<!doctype html><html lang="en"><title>t</title>
<main><h1>A page</h1><p style="background: #fff; color: ${ink}">text</p>
<img src="data:," ${words}></main></html>`;
    const other = await browser.newPage();
    await other.setContent(pageOf("#bbb", ""));
    const found = await axeViolations(other);
    expect(found.map((one) => one.split(":")[0])).toEqual(["color-contrast", "image-alt"]);
    await other.setContent(pageOf("#333", 'alt="a picture"'));
    expect(await axeViolations(other)).toEqual([]);
    await other.close();
  });

  it("complains of nothing and asks for nothing", () => {
    expect(complaints).toEqual([]);
    expect(requests.filter((url) => !/^(file:.*\.html|about:blank)/.test(url))).toEqual([]);
  });
});
