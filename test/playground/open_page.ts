// The playground in a real browser, as its file on disk.
import { execFileSync } from "node:child_process";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { packagePath } from "../../src/base/package_file.ts";

export const PLAYGROUND_FILE = packagePath("dist/playground/index.html");
const ADDRESS = pathToFileURL(PLAYGROUND_FILE).href;

export class OpenPlayground {
  readonly page: Page;
  /** What the console was told, and what went wrong in the page. */
  readonly complaints: string[] = [];
  /** Addresses asked for, that of the page aside. */
  readonly requests: string[] = [];
  readonly #browser: Browser;

  private constructor(browser: Browser, page: Page) {
    this.#browser = browser;
    this.page = page;
    page.on("console", (message) => this.complaints.push(message.text()));
    page.on("pageerror", (error) => this.complaints.push(error.message));
    page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(ADDRESS) && !url.startsWith("blob:")) this.requests.push(url);
    });
  }

  /** Builds the page first, if its sources have changed. */
  static async launch(program: string): Promise<OpenPlayground> {
    execFileSync(process.execPath, [packagePath("bin/build.js"), "playground"]);
    const browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox"] });
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    return new OpenPlayground(browser, page);
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  /** Opens it anew, and waits until the program of its address has run. */
  async open(hash = ""): Promise<void> {
    await this.page.goto("about:blank");
    await this.page.goto(`${ADDRESS}${hash}`);
    await this.page.waitForSelector("body[data-ready]");
  }

  /** Puts a text into the editor, as somebody who types does. */
  async type(text: string): Promise<void> {
    await this.page.locator(".cm-content").click();
    await this.page.keyboard.press("Control+a");
    await this.page.keyboard.insertText(text);
  }

  async textOf(id: string): Promise<string> {
    return await this.page.locator(`#${id}`).innerText();
  }

  /** Where an element begins and ends, in pixels below the top of the window. */
  async edgesOf(selector: string): Promise<{ readonly top: number; readonly bottom: number }> {
    return await this.page.locator(selector).evaluate((element) => {
      const { top, bottom } = element.getBoundingClientRect();
      return { top, bottom };
    });
  }

  /** Presses Share; the dialog stays open. */
  async share(): Promise<{ readonly link: string; readonly token: string }> {
    await this.page.getByRole("button", { name: "Share" }).click();
    const [link, token] = [this.page.locator("#link"), this.page.locator("#token")];
    await link.waitFor({ state: "visible" });
    return { link: await link.inputValue(), token: await token.inputValue() };
  }

  /** The lines of the editor that are in sight. */
  async program(): Promise<string> {
    return await this.page.locator(".cm-content").innerText();
  }

  /** Judges a program by the page's own core. */
  async digestOf(text: string): Promise<string> {
    return await this.page.evaluate(async (script) => {
      const { slabfuzz } = window as unknown as { slabfuzz: Judging };
      return (await slabfuzz.judge(script)).digest;
    }, text);
  }
}

interface Judging {
  judge(text: string): Promise<{ readonly digest: string }>;
}
