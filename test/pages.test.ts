// README.md is short, and the pages of docs/ are found from their index; no link leads nowhere.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const README_MAX = 160;

interface Page {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

const page = (path: string): Page => ({ path, text: readFileSync(join(ROOT, path), "utf8") });
const docs = readdirSync(join(ROOT, "docs")).filter((name) => name.endsWith(".md"));
const DOCS = docs.map((name) => page(`docs/${name}`));
const READMES = ["", "src/", "assembly/", "test/", "tools/kernel/", "bench/"].map((folder) =>
  page(`${folder}README.md`),
);
const ALL = [...DOCS, ...READMES, page("CONTRIBUTING.md"), page("CHANGELOG.md")];

/** What is not code: blocks between fences, indented blocks and words in backticks say no links. */
function prose(text: string): string {
  return text
    .replace(/^```.*?^```/gms, "")
    .replace(/^ {4}.*$/gm, "")
    .replace(/`[^`\n]*`/g, "code");
}

/** Links to files, as paths from the root, with what stands behind `#`. */
function linksOf({ path, text }: Page): readonly { path: string; anchor: string }[] {
  const links = [...prose(text).matchAll(/\]\(([^)\s]*)\)/g)].map(([, link]) => link);
  return links
    .filter((link) => !/^\w+:/.test(link))
    .map((link) => {
      const [file, anchor = ""] = link.split("#");
      const target = file === "" ? path : posix.join(posix.dirname(path), file);
      return { path: target, anchor };
    });
}

/** The names by which the headings of a page are linked. */
function anchorsOf(text: string): readonly string[] {
  const headings = text.replace(/^```.*?^```/gms, "").matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, "")
      .trim()
      .replace(/\s/g, "-"),
  );
}

function deadLinks(pages: readonly Page[], exists: (path: string) => boolean): readonly string[] {
  const texts = new Map(pages.map(({ path, text }) => [path, text]));
  return pages.flatMap((one) =>
    linksOf(one)
      .filter(({ path, anchor }) => {
        const text = texts.get(path);
        if (anchor === "" || text === undefined) return !exists(path);
        return !anchorsOf(text).includes(anchor);
      })
      .map(({ path, anchor }) => `${one.path}: ${path}${anchor === "" ? "" : `#${anchor}`}`),
  );
}

function pagesWithoutLink(pages: readonly Page[], index: Page): readonly string[] {
  const linked = linksOf(index).map(({ path }) => path);
  return pages
    .map(({ path }) => path)
    .filter((path) => path !== index.path && !linked.includes(path));
}

/** A site made of docs/ has no other folder. */
function linksOutOfDocs(pages: readonly Page[]): readonly string[] {
  return pages.flatMap((one) =>
    linksOf(one)
      .filter(({ path }) => !path.startsWith("docs/"))
      .map(({ path }) => `${one.path}: ${path}`),
  );
}

function titlesOf({ text }: Page): number {
  return [...text.replace(/^```.*?^```/gms, "").matchAll(/^# /gm)].length;
}

describe("the documents", () => {
  const index = page("docs/index.md");

  it(`README.md has at most ${README_MAX} lines`, () => {
    const lines = page("README.md").text.split("\n").length - 1;
    expect(lines).toBeGreaterThan(40);
    expect(lines).toBeLessThanOrEqual(README_MAX);
  });

  it("the index links every page of docs/", () => {
    expect(DOCS.length).toBeGreaterThan(10);
    expect(pagesWithoutLink(DOCS, index)).toEqual([]);
  });

  it("every relative link leads to a file, and to a heading of it", () => {
    expect(ALL.flatMap(linksOf).length).toBeGreaterThan(50);
    expect(deadLinks(ALL, (path) => existsSync(join(ROOT, path)))).toEqual([]);
  });

  it("the pages of docs/ link only to each other", () => {
    expect(linksOutOfDocs(DOCS)).toEqual([]);
  });

  it.each(DOCS.map((one) => [one.path, one] as const))("%s has one title", (_, one) => {
    expect(titlesOf(one)).toBe(1);
  });
});

describe("the search for dead links", () => {
  const b = {
    path: "docs/b.md",
    text: "# B\n\n## How it's done, twice\n\n```\n# not a title\n```\n",
  };
  const saying = (text: string): Page => ({ path: "docs/a.md", text });
  const dead = (text: string) => deadLinks([saying(text), b], (path) => path === "docs/b.md");

  it("finds a file and a heading that are not there", () => {
    expect(dead("[x](c.md) [y](b.md) [z](b.md#how-not)\n")).toEqual([
      "docs/a.md: docs/c.md",
      "docs/a.md: docs/b.md#how-not",
    ]);
  });

  it("accepts a heading with marks, a heading of the same page, and the address of a site", () => {
    expect(dead("# One\n[x](b.md#how-its-done-twice) [y](#one) [z](https://a.b/c)\n")).toEqual([]);
  });

  it("passes over code", () => {
    expect(dead("`[x](c.md)`\n\n    [x](c.md)\n\n```ts\n[x](c.md)\n```\n")).toEqual([]);
  });

  it("finds a page that the index does not link, and a link out of docs/", () => {
    expect(pagesWithoutLink([b], saying("[x](c.md)"))).toEqual(["docs/b.md"]);
    expect(pagesWithoutLink([b], saying("[x](b.md#how)"))).toEqual([]);
    expect(linksOutOfDocs([saying("[x](../c.md)")])).toEqual(["docs/a.md: c.md"]);
  });

  it("counts the titles of a page, and no comment in a script", () => {
    expect([titlesOf(b), titlesOf(saying("# A\n# B\n"))]).toEqual([1, 2]);
  });
});
