// The pages of the site, before a generator makes them.
import { describe, expect, it } from "vitest";
import { documentPages } from "./pages.ts";

describe("a page that a document links as HTML", () => {
  const { pages, files } = documentPages();
  const links = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/\]\(([^()\s:]+\.html)\)(\{target="_self"\})?/g)].map(([, link, mark]) => ({
      file: new URL(link, `file:///${path}`).pathname.slice(1),
      isPlain: mark !== undefined,
    })),
  );

  it("is a file of the site, and the generator takes its address for no page of its own", () => {
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter(({ isPlain }) => !isPlain)).toEqual([]);
    expect(links.filter(({ file }) => !files.includes(file))).toEqual([]);
  });

  it("is no page of text", () => {
    expect(pages.filter(({ path }) => path.endsWith(".html.md"))).toEqual([]);
  });
});
