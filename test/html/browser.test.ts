// Every page, opened in a real browser, in light as wide as a phone, in dark as a desk.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserProgram, type Look, PageViewer, type Seen } from "./browser.ts";
import { classesPage, geometryPage, seedPage, smallBenchPage, smallScorePage } from "./pages.ts";

const PAGES: Readonly<Record<string, () => string | Promise<string>>> = {
  "the matrix of the seed": seedPage,
  "the matrix of bug classes": classesPage,
  "a scorecard": smallScorePage,
  "a layout": geometryPage,
  "a benchmark": smallBenchPage,
};

/** What is too wide is so in either scheme, and what is faint is so in either width. */
const LOOKS: readonly Look[] = [
  { scheme: "light", width: 390, height: 844 },
  { scheme: "dark", width: 1280, height: 800 },
];

const program = browserProgram();

describe.skipIf(program === undefined)("a page in Chromium:", { timeout: 120_000 }, () => {
  let viewer: PageViewer;
  beforeAll(async () => {
    viewer = await PageViewer.open(program!);
  });
  afterAll(() => viewer?.close());

  describe.each(Object.entries(PAGES))('the page "%s"', (_, pageText) => {
    let text = "";
    beforeAll(async () => {
      text = await pageText();
    });

    it.each(LOOKS)("can be read in $scheme, $width wide", async (look) => {
      const seen = await viewer.look(text, look);
      expect(seen.complaints).toEqual([]);
      expect(seen.requests).toEqual([]);
      expect(seen.captions.length).toBeGreaterThan(0);
      expect(seen.captions).not.toContain("");
      expect(seen.rowCount).toBeGreaterThan(2);
      expect(seen.drawings.length).toBeGreaterThan(0);
      expect(seen.drawings.filter(({ words, shapes }) => words === "" || shapes === 0)).toEqual([]);
      expect(seen.isTooWide).toBe(false);
      expect(seen.faint).toEqual([]);
      expect(seen.brightness > 0.5).toBe(look.scheme === "light");
    });
  });

  it("a page that breaks the rules is reported", async () => {
    const bad = `<!doctype html><body style="background: #888; width: 3000px">
<p style="color: #777">faint</p><img src="http://127.0.0.1:9/x.png">
<script>console.error("oh"); throw new Error("no")</script>`;
    const seen: Seen = await viewer.look(bad, { scheme: "light", width: 390, height: 844 });
    expect(seen.complaints.join(" ")).toMatch(/oh.*no|no.*oh/);
    expect(seen.requests).toEqual(["http://127.0.0.1:9/x.png"]);
    expect([seen.captions, seen.drawings, seen.isTooWide]).toEqual([[], [], true]);
    expect(seen.faint).toContain("faint");
  });
});
