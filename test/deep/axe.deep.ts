// axe-core on every kind of page, in light and dark, as wide as a phone and as a desk.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packagePath } from "../../src/base/package_file.ts";
import { readTextFile } from "../../src/base/whole_file.ts";
import { explain } from "../../src/explain/explain.ts";
import { explainPage } from "../../src/explain/page.ts";
import { LESSONS } from "../../src/playground/lessons/lessons.ts";
import { programOfScript } from "../../src/targets/targets.ts";
import { viewPage } from "../../src/view/page.ts";
import { traceOf } from "../../src/view/trace_of.ts";
import { slabfuzz } from "../helper/command.ts";
import { inputOf, logOfScript } from "../helper/explained.ts";
import { browserProgram } from "../html/browser.ts";
import {
  classesPage,
  geometryPage,
  seedPage,
  smallBenchPage,
  smallScorePage,
} from "../html/pages.ts";
import { OpenPlayground } from "../playground/open_page.ts";
import { ALL_LOOKS, axeViolationsUnder } from "../view/axe.ts";
import { traceOfScript } from "../view/traced.ts";

const SEED = readTextFile(packagePath("examples/seed.slab"));
const MODULE = "# target: tlsf\nalloc b0 24\nalloc b1 24\nwrite b0 20 16 65\nfree b0\n";
const SHEAVES = "# profile: v7.3\n# boot: up\ncache c 2048 0 -\nalloc c p\nfree c p\n";
const LOG =
  "# boot: up slub_debug=FZPU\n# profile: v6.1\ncache box 100 0 -\nallocn box 3 b\n" +
  "write b0 100 414243\nfree box b0\n";

const program = browserProgram();

/** Every look under which rules are broken, with these. */
async function violations(page: Page): Promise<readonly string[]> {
  const found: string[] = [];
  for (const look of ALL_LOOKS) {
    const broken = await axeViolationsUnder(page, look);
    found.push(...broken.map((one) => `${look.scheme}, ${look.width} wide: ${one}`));
  }
  return found;
}

async function moduleView(): Promise<string> {
  const source = await programOfScript({ name: "module.slab", file: "m", text: MODULE });
  return viewPage([await traceOf(source)], "slabfuzz view");
}

async function explained(): Promise<string> {
  const explanation = await explain(inputOf(await logOfScript(LOG)), "log");
  return explainPage({ explanation, command: "slabfuzz explain log", version: "0" });
}

async function findings(folder: string): Promise<string> {
  const words = ["--cases", "60", "--seed", "3", "--slub-debug", "FZP", "--pages"];
  await slabfuzz("fuzz", ...words, "--out", folder);
  return readTextFile(join(folder, "index.html"));
}

describe.skipIf(program === undefined)("axe-core", () => {
  const folder = mkdtempSync(join(tmpdir(), "slabfuzz-axe-"));
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox"] });
    page = await browser.newPage();
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  const PAGES: Readonly<Record<string, () => string | Promise<string>>> = {
    "a view": () => viewPage([traceOfScript(SEED)], "slabfuzz view"),
    "a view of two runs": () =>
      viewPage([traceOfScript(SEED), traceOfScript(SEED, { slubDebug: "FZ" })], "slabfuzz view"),
    "a view of sheaves": () => viewPage([traceOfScript(SHEAVES)], "slabfuzz view"),
    "a view of a module": moduleView,
    "a matrix": seedPage,
    "a matrix of bug classes": classesPage,
    "a scorecard": smallScorePage,
    "a layout": geometryPage,
    "a benchmark": smallBenchPage,
    "the answer to a log": explained,
    "the findings of a campaign": () => findings(join(folder, "campaign")),
  };

  it.each(Object.entries(PAGES))("finds no violation on the page of %s", async (_, textOf) => {
    const path = join(folder, "page.html");
    writeFileSync(path, await textOf());
    await page.goto(`${pathToFileURL(path).href}#op=4`);
    await page.waitForLoadState();
    const cell = page.locator(".cell").first();
    if (await cell.isVisible()) await cell.click();
    for (const summary of await page.locator("summary").all()) await summary.click();
    expect(await violations(page)).toEqual([]);
  });
});

describe.skipIf(program === undefined)("axe-core on the playground", () => {
  let playground: OpenPlayground;

  beforeAll(async () => {
    playground = await OpenPlayground.launch(program!);
  });

  afterAll(async () => await playground?.close());

  it("finds no violation, whatever the page shows", async () => {
    await playground.open();
    expect(await violations(playground.page)).toEqual([]);
    await playground.page.getByRole("button", { name: "Matrix" }).click();
    await playground.page.locator("#answer table").first().waitFor();
    expect(await violations(playground.page)).toEqual([]);
    await playground.type("");
    await playground.page.locator("#nothing").waitFor();
    expect(await violations(playground.page)).toEqual([]);
    await playground.type("cache c 64 0 -\nfree d a\n");
    await expect.poll(() => playground.textOf("mistake")).toContain("Line 2");
    expect(await violations(playground.page)).toEqual([]);
  });

  it.each(LESSONS.map(({ title }, i) => [i + 1, title] as const))(
    "finds no violation in lesson %i, %s",
    async (number) => {
      await playground.open(`#lesson=${number}`);
      await playground.page.getByRole("button", { name: "Check my program" }).first().click();
      await playground.page.locator("#lesson .wrong").waitFor();
      expect(await violations(playground.page)).toEqual([]);
    },
  );
});
