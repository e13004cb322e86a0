// The site, built below an address of its own and opened in a real browser: it asks no other site
// for anything, complains of nothing, finds words, runs the playground, and has a picture of each
// class.
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packagePath } from "../../src/base/package_file.ts";
import { INJECTED_BUGS } from "../../src/target/bug_names.ts";
import { browserProgram } from "../../test/html/browser.ts";
import { axeViolations, DESK, PHONE } from "../../test/view/axe.ts";

const BASE = "/slabfuzz/";
const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".svg": "image/svg+xml",
};

const ATTACHED = { state: "attached" } as const;

const program = browserProgram();
const isInstalled = existsSync(packagePath("site/node_modules"));
if (!isInstalled)
  console.log("the site is not built: its packages are missing (npm ci --prefix site)");

/** Files of a folder below the base, and nothing else. */
function serverOf(folder: string): Server {
  return createServer(({ url = "/" }, response) => {
    const path = decodeURIComponent(new URL(url, "http://site").pathname);
    const name = path.slice(BASE.length) + (path.endsWith("/") ? "index.html" : "");
    const file = join(folder, name);
    if (!path.startsWith(BASE) || !existsSync(file)) response.writeHead(404).end();
    else {
      const type = TYPES[extname(file)] ?? "application/octet-stream";
      response.writeHead(200, { "content-type": type }).end(readFileSync(file));
    }
  });
}

describe.skipIf(program === undefined || !isInstalled)("the site", () => {
  const folder = mkdtempSync(join(tmpdir(), "slabfuzz-site-"));
  const server = serverOf(folder);
  const complaints: string[] = [];
  const outside: string[] = [];
  let address = "";
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    const options = { cwd: packagePath("."), stdio: "pipe" } as const;
    execFileSync("npm", ["run", "site", "--", "--base", BASE, "--out", folder], options);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}${BASE}`;
    browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox"] });
    page = await browser.newPage({ viewport: DESK });
    page.on("console", (message) => complaints.push(`${page.url()}: ${message.text()}`));
    page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error.message}`));
    page.on("request", (request) => {
      if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(address))
        outside.push(request.url());
    });
  });

  afterAll(async () => {
    await browser?.close();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("has a page with a picture, a matrix and a twin for every bug class", () => {
    for (const bug of INJECTED_BUGS) {
      const text = readFileSync(join(folder, "classes", `${bug}.html`), "utf8");
      const pictures = [...text.matchAll(/<img src="([^"]+\.svg)" alt="([^"]+)"/g)];
      expect(pictures.length, bug).toBeGreaterThan(0);
      for (const [, path] of pictures)
        expect(existsSync(join(folder, path.slice(BASE.length))), path).toBe(true);
      expect(text, bug).toContain("Its verdict is ok.");
      expect(text.match(/<tr><td><code>[FZPU-]+<\/code>/g), bug).toHaveLength(16);
    }
  });

  it("shows the first page, and finds words without asking another site", async () => {
    await page.goto(address);
    expect(await page.locator("h1").innerText()).toContain("slabfuzz");
    await page.keyboard.press("Control+k");
    await page.locator("#localsearch-input").fill("sheaf");
    await page.locator('#localsearch-list a[href*="sheaf"]').first().click();
    await expect.poll(() => page.locator("h1").innerText()).toContain("sheaf");
  });

  it("runs the playground inside, and a class's program in it", async () => {
    await page.goto(`${address}playground.html`);
    const frame = page.frameLocator("iframe.playground");
    await frame.locator("#verdict b").waitFor();
    expect(await frame.locator("#verdict").innerText()).toMatch(/^detected wrong-size-use/);
    await page.goto(`${address}classes/off-by-one.html`);
    await page.getByRole("link", { name: "Open it in the playground" }).click();
    await page.waitForSelector("body[data-ready]");
    expect(await page.locator("#verdict").innerText()).toMatch(/^detected off-by-one/);
  });

  it("breaks no rule of accessibility that axe-core knows", async () => {
    const broken: string[] = [];
    for (const [colorScheme, size] of [
      ["light", DESK],
      ["dark", PHONE],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(size);
      for (const path of ["", "docs/fuzzing.html", "classes/off-by-one.html", "classes/"]) {
        await page.goto(`${address}${path}`);
        // Before the page's script runs, the switch has no name yet.
        await page.locator('.VPSwitchAppearance:not([title=""])').first().waitFor(ATTACHED);
        const found = await axeViolations(page);
        broken.push(...found.map((one) => `${path} ${colorScheme}: ${one}`));
      }
    }
    expect(broken).toEqual([]);
  });

  it("complains of nothing and asks no other site for anything", () => {
    expect(complaints).toEqual([]);
    expect(outside).toEqual([]);
  });
});
