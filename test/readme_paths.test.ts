// The paths that READMEs and CONTRIBUTING.md name in backticks are there.
import { existsSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PAGES = ["CONTRIBUTING.md", "src/README.md", "assembly/README.md", "test/README.md"];

/** What a build makes, what a user has, and what is another project's. */
const ELSEWHERE = [/^dist\//, /^build\//, /^slabfuzz\.config\.ts$/, /^mm\/slub\.c$/, /^slabfuzz\//];

const FILE_NAME = /^[\w.-]+\.(ts|js|json|md|wasm)$/;
const PATH = /^[\w.-]+(\/[\w.-]+)*\/?$/;

/** Words in backticks that are meant as paths, in the blocks of a page that they stand in. */
function pathsIn(page: string): readonly (readonly string[])[] {
  const blocks = page.split(/\n\s*\n|\n(?=\d+\. |- |\| )/);
  return blocks.map((block) =>
    [...block.matchAll(/`([^`\n]+)`/g)].flatMap(([, text]) => text.split(/\s+/)).filter(isPath),
  );
}

function isPath(word: string): boolean {
  const isMeant = FILE_NAME.test(word) || (word.includes("/") && PATH.test(word));
  return isMeant && !ELSEWHERE.some((pattern) => pattern.test(word));
}

/**
 * Paths that are not there. One begins at the root, in the page's folder, or beside the path that
 * stands before it in the same block.
 */
function missingPaths(
  path: string,
  page: string,
  exists: (path: string) => boolean,
): readonly string[] {
  return pathsIn(page).flatMap((words) => {
    let before = "";
    return words.filter((word) => {
      const places = ["", posix.dirname(path), before].map((folder) => posix.join(folder, word));
      const found = places.find(exists);
      if (found === undefined) return true;
      before = found.endsWith("/") ? found : posix.dirname(found);
      return false;
    });
  });
}

const isInRepository = (path: string): boolean => existsSync(posix.join(ROOT, path));

describe.each(PAGES)("the page %s", (path) => {
  const page = readFileSync(posix.join(ROOT, path), "utf8");

  it("names paths that exist", () => {
    expect(pathsIn(page).flat().length).toBeGreaterThan(3);
    expect(missingPaths(path, page, isInRepository)).toEqual([]);
  });
});

describe("the search for paths that are missing", () => {
  const exists = (path: string): boolean =>
    ["src/a/one.ts", "src/a/two.ts", "src/b/"].includes(path);
  const missing = (page: string) => missingPaths("src/README.md", page, exists);

  it("finds a path that does not exist, and no other path", () => {
    expect(missing("1. `src/a/one.ts` and `src/a/gone.ts`\n")).toEqual(["src/a/gone.ts"]);
  });

  it("treats a file name as a neighbour of the path before it, within a block", () => {
    expect(missing("1. `src/a/one.ts`, `two.ts`\n2. `two.ts`\n")).toEqual(["two.ts"]);
  });

  it("treats a path as one that may begin in the folder of the page", () => {
    expect(missing("`b/`, `a/two.ts`, `c/`\n")).toEqual(["c/"]);
  });

  it("looks into commands, and passes over words that are no paths", () => {
    expect(missing("`npx tsx src/gone.ts --all`, `a / b`, `Op`, `nr == |x|`\n")).toEqual([
      "src/gone.ts",
    ]);
  });
});
