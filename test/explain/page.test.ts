// The page of an answer: nothing of a log becomes part of it, and everybody can read it.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { explain } from "../../src/explain/explain.ts";
import { explainPage } from "../../src/explain/page.ts";
import { inputOf, logOfScript } from "../helper/explained.ts";
import { browserProgram } from "../html/browser.ts";
import { axeViolations } from "../view/axe.ts";

const SCRIPT =
  "# boot: up slub_debug=FZPU\n# profile: v6.1\ncache box 100 0 -\nallocn box 3 b\n" +
  "write b0 100 414243\nfree box b0\n";
const HOSTILE = "<img/src=x/onerror=alert(1)>";

async function pageOf(log: string): Promise<string> {
  const explanation = await explain(inputOf(log), "log");
  return explainPage({ explanation, command: `slabfuzz explain ${HOSTILE}`, version: "0" });
}

describe("the page of an answer", () => {
  it("marks the damaged bytes and names them by a letter", async () => {
    const page = await pageOf(await logOfScript(SCRIPT));
    expect(page).toContain("<mark>41</mark> <mark>42</mark> <mark>43</mark>");
    expect(page).toMatch(/^ +A +A +A$/m);
    expect(page).toContain("slabfuzz view ss1:");
  });

  it("escapes what a log and a command line hold, and may load and run nothing", async () => {
    const log = (await logOfScript(SCRIPT))
      .replaceAll("box", HOSTILE)
      .replaceAll("run_op", HOSTILE);
    const page = await pageOf(`${log}\nFIX ${HOSTILE}: Restoring nothing\n`);
    expect(page).toContain("&lt;img/src=x/onerror=alert(1)&gt;");
    expect(page).not.toContain("<img");
    expect(page).toMatch(
      /Content-Security-Policy" content="default-src &#39;none&#39;|default-src 'none'/,
    );
    expect(page).not.toMatch(/<script/i);
  });
});

const program = browserProgram();

describe.skipIf(program === undefined)("the page of an answer in a browser", () => {
  const folder = mkdtempSync(join(tmpdir(), "slabfuzz-explain-"));
  let browser: Browser;

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox"] });
    writeFileSync(join(folder, "answer.html"), await pageOf(await logOfScript(SCRIPT)));
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  it.each(["light", "dark"] as const)(
    "breaks no rule of accessibility that axe-core knows, in %s",
    async (colorScheme) => {
      const context = await browser.newContext({ colorScheme });
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(error.message));
      await page.goto(pathToFileURL(join(folder, "answer.html")).href);
      expect(await axeViolations(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await context.close();
    },
  );
});
