// The pages of the site as Markdown: README.md as the first page, docs/, every other file of the
// repository that these link to, and a page for each bug class. Links stay as they are, because
// pages keep the paths that their files have.
import { existsSync, readdirSync } from "node:fs";
import { posix } from "node:path";
import { packagePath } from "../../src/base/package_file.ts";
import { readTextFile } from "../../src/base/whole_file.ts";
import { BUG_ABOUT, bugFamilyOf, INJECTED_BUGS } from "../../src/target/bug_names.ts";
import { code, codeBlock, linksOf, plain, tableRows } from "./markdown.ts";

export interface SitePage {
  /** From the root of the site; ends with `.md`. */
  readonly path: string;
  readonly text: string;
}

export interface SitePages {
  readonly pages: readonly SitePage[];
  /** Files that are linked as they are, by their paths in the repository. */
  readonly files: readonly string[];
}

/** Formats that a browser shows; a page shows any other text. */
const SHOWN_AS_THEY_ARE = /\.(html|json|svg|png)$/;
const FIRST = "README.md";

/** README.md, docs/, and what is linked from them. */
export function documentPages(): SitePages {
  const docs = readdirSync(packagePath("docs")).filter((name) => name.endsWith(".md"));
  const open = [FIRST, ...docs.map((name) => `docs/${name}`)];
  const known = new Set(open);
  const pages: SitePage[] = [];
  const files: string[] = [];
  for (const path of open) {
    if (SHOWN_AS_THEY_ARE.test(path)) {
      files.push(path);
      continue;
    }
    const text = readTextFile(packagePath(path));
    pages.push(pageOf(path, text));
    for (const target of path.endsWith(".md") ? targetsOf(path, text) : []) {
      if (known.has(target) || !existsSync(packagePath(target))) continue;
      known.add(target);
      open.push(target);
    }
  }
  return { pages, files };
}

function targetsOf(path: string, text: string): readonly string[] {
  return linksOf(text)
    .filter((link) => link.path !== "")
    .map((link) => posix.join(posix.dirname(path), link.path));
}

function pageOf(path: string, text: string): SitePage {
  if (path.endsWith(".md")) {
    return { path: path === FIRST ? "index.md" : path, text: withPlainLinks(text) };
  }
  return { path: `${path}.md`, text: `# ${path}\n\n${codeBlock(text)}\n` };
}

/** The generator takes an address that ends in .html for a page that it has made itself. */
function withPlainLinks(text: string): string {
  return text.replace(/\]\([^()\s]+\.html\)/g, '$&{target="_self"}');
}

/** The list of the bug classes, by family. */
export function classesPage(): SitePage {
  const families = new Set(INJECTED_BUGS.map(bugFamilyOf));
  const parts = [...families].flatMap((family) => [
    `## ${family[0].toUpperCase()}${family.slice(1)}`,
    INJECTED_BUGS.filter((bug) => bugFamilyOf(bug) === family)
      .map((bug) => `- [${code(bug)}](${bug}.md) ${plain(BUG_ABOUT[bug])}`)
      .join("\n"),
  ]);
  const lead =
    "Each class has a page with a generated program that makes the mistake, a picture of it, and " +
    "a table of what each set of debug options reports. [Fuzzing](../docs/fuzzing.md) says how " +
    "programs are generated.";
  return { path: "classes/index.md", text: ["# Bug classes", lead, ...parts, ""].join("\n\n") };
}

export function playgroundPage(): SitePage {
  const address = "playground/index.html";
  const text = [
    "# Playground",
    "Write a program, and watch the heap. Everything runs in this page. " +
      `[Open it alone](${address}){target="_self"}, or read [how it works](docs/playground.md).`,
    `<iframe class="playground" title="slabfuzz playground" src="${address}"></iframe>`,
    "",
  ];
  return { path: "playground.md", text: text.join("\n\n") };
}

interface SidebarGroup {
  readonly text: string;
  readonly items: readonly { readonly text: string; readonly link: string }[];
}

/** The sections of docs/index.md, with the pages that each names first. */
export function sidebarOf(index: string): readonly SidebarGroup[] {
  const [, ...sections] = index.split(/^## /m);
  const seen = new Set<string>();
  const groups = sections.map((section) => {
    const [text] = section.split("\n");
    const prose = section.split("\n").filter((line) => !line.startsWith("|"));
    const cells = [...tableRows(section).map((row) => row.at(-1) ?? ""), ...prose];
    const paths = cells.flatMap((cell) => linksOf(cell).map(({ path }) => path));
    const items = paths.filter((path) => path.endsWith(".md") && !seen.has(path));
    for (const path of items) seen.add(path);
    const links = [...new Set(items)].map((path) => ({
      text: titleOf(`docs/${path}`),
      link: `/docs/${path}`,
    }));
    return { text, items: links };
  });
  const classes = INJECTED_BUGS.map((bug) => ({ text: bug, link: `/classes/${bug}.md` }));
  const all = { text: "All classes", link: "/classes/index.md" };
  return [
    ...groups.filter(({ items }) => items.length > 0),
    { text: "Bug classes", items: [all, ...classes] },
  ];
}

function titleOf(path: string): string {
  return /^# (.*)$/m.exec(readTextFile(packagePath(path)))?.[1] ?? path;
}
