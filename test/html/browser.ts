// A page in a real browser: Debian's chromium, without a window. Without a browser the tests of
// pages are left out, and one line tells so; SLABFUZZ_BROWSER=required makes that a failure.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium } from "playwright-core";

const PLACES = [
  process.env["SLABFUZZ_CHROMIUM"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

/** The browser's program, undefined if none is installed. */
export function browserProgram(): string | undefined {
  const found = PLACES.find((path) => path !== undefined && existsSync(path));
  if (found !== undefined) return found;
  const line = "pages are not opened: no chromium (apt-get install chromium)";
  if (process.env["SLABFUZZ_BROWSER"] === "required") throw new Error(line);
  console.log(line);
  return undefined;
}

export interface Look {
  readonly scheme: "light" | "dark";
  readonly width: number;
  readonly height: number;
}

/** What a reader sees of a page. */
export interface Seen {
  /** What the console was told, and what went wrong in the page. */
  readonly complaints: readonly string[];
  /** Addresses asked for, that of the page aside. */
  readonly requests: readonly string[];
  readonly captions: readonly string[];
  /** Rows of the longest table. */
  readonly rowCount: number;
  /** Drawings, each with its words and how many shapes of it can be seen. */
  readonly drawings: readonly { readonly words: string; readonly shapes: number }[];
  /** It has to be moved sideways to be read. */
  readonly isTooWide: boolean;
  /** How bright its ground is, from 0 to 1. */
  readonly brightness: number;
  /** Texts that are hard to read: contrast below 4.5. */
  readonly faint: readonly string[];
}

export class PageViewer {
  readonly #browser: Browser;
  readonly #folder = mkdtempSync(join(tmpdir(), "slabfuzz-page-"));

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async open(program: string): Promise<PageViewer> {
    return new PageViewer(await chromium.launch({ executablePath: program }));
  }

  async close(): Promise<void> {
    await this.#browser.close();
    rmSync(this.#folder, { recursive: true });
  }

  async look(text: string, { scheme, width, height }: Look): Promise<Seen> {
    const path = join(this.#folder, "page.html");
    writeFileSync(path, text);
    const viewport = { width, height };
    const page = await this.#browser.newPage({ colorScheme: scheme, viewport });
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => requests.push(request.url()));
    const address = pathToFileURL(path).href;
    try {
      await page.goto(address);
      const seen = await page.evaluate(lookAround);
      const others = requests.filter((url) => url !== address);
      return { ...seen, complaints, requests: others };
    } finally {
      await page.close();
    }
  }
}

/** Runs in the page: it knows nothing of this file. */
function lookAround(): Omit<Seen, "complaints" | "requests"> {
  type Colour = readonly [number, number, number, number];
  const colourOf = (text: string): Colour => {
    const [r = 0, g = 0, b = 0, a = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
    return [r, g, b, a];
  };
  const luminance = ([r, g, b]: Colour): number => {
    const [x, y, z] = [r, g, b].map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const groundOf = (element: Element | null): Colour => {
    if (element === null) return [255, 255, 255, 1];
    const colour = colourOf(getComputedStyle(element).backgroundColor);
    return colour[3] === 0 ? groundOf(element.parentElement) : colour;
  };
  const contrastOf = (element: Element): number => {
    const ink = luminance(colourOf(getComputedStyle(element).color));
    const ground = luminance(groundOf(element));
    return (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
  };
  const texts = [...document.body.querySelectorAll("*")].filter(
    (element) =>
      element.closest("svg") === null &&
      [...element.childNodes].some(
        (node) => node.nodeType === 3 && node.textContent?.trim() !== "",
      ),
  );
  const shapesOf = (drawing: Element): number =>
    [...drawing.querySelectorAll("rect, circle, line")].filter((shape) => {
      const { width, height } = shape.getBoundingClientRect();
      return Math.max(width, height) >= 1;
    }).length;
  const root = document.documentElement;
  const tables = [...document.querySelectorAll("table")];
  return {
    captions: tables.map((table) => table.caption?.textContent ?? ""),
    rowCount: Math.max(0, ...tables.map((table) => table.rows.length)),
    drawings: [...document.querySelectorAll("figure.chart .rows svg[role=img]")].map((drawing) => ({
      words: drawing.getAttribute("aria-label") ?? "",
      shapes: shapesOf(drawing),
    })),
    isTooWide: root.scrollWidth > root.clientWidth,
    brightness: luminance(groundOf(document.body)),
    faint: texts.filter((one) => contrastOf(one) < 4.5).map((one) => one.textContent ?? ""),
  };
}
