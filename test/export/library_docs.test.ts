// docs/library.md lists every export of the library, and no other name.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const read = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), "utf8");

/** The names that a file of re-exports gives to its importers. */
function exportedNames(source: string): readonly string[] {
  const lists = [...source.matchAll(/export\s+(?:type\s+)?\{([^}]*)\}\s+from/g)];
  const names = lists.flatMap(([, list]) => list.split(","));
  return names.map((name) => name.trim().replace(/^type\s+/, "")).filter((name) => name !== "");
}

/** The names in the first column of a page's tables, each in backticks. */
function listedNames(page: string): readonly string[] {
  return [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
}

/** The names that the examples of a page import from the library. */
function importedNames(page: string): readonly string[] {
  const lists = [...page.matchAll(/import \{([^}]*)\} from "slabfuzz"/g)];
  return lists.flatMap(([, list]) => list.split(",").map((name) => name.trim()));
}

function differences(source: string, page: string): readonly string[] {
  const exported = exportedNames(source);
  const listed = listedNames(page);
  return [
    ...exported.filter((name) => !listed.includes(name)).map((name) => `${name} is not listed`),
    ...listed.filter((name) => !exported.includes(name)).map((name) => `${name} is not exported`),
    ...listed
      .filter((name, index) => listed.indexOf(name) !== index)
      .map((name) => `${name} is listed twice`),
  ];
}

const INDEX = 'export { type A, b } from "./x.ts";\nexport type { C } from "./y.ts";\n';
const PAGE = "| `A` | a type |\n| `b` | `d` is no name of the list |\n| `C` | a type |\n";

describe("docs/library.md", () => {
  it("lists every exported name once, and no other name", () => {
    expect(differences(read("src/index.ts"), read("docs/library.md"))).toEqual([]);
  });

  it("imports exported names only in its examples", () => {
    const exported = exportedNames(read("src/index.ts"));
    const imported = importedNames(read("docs/library.md"));
    expect(imported.length).toBeGreaterThan(20);
    expect(imported.filter((name) => !exported.includes(name))).toEqual([]);
  });

  it("tells how many names exist", () => {
    expect(exportedNames(read("src/index.ts"))).toHaveLength(72);
    expect(read("docs/library.md")).toContain("exports seventy-two names");
  });
});

describe("the comparison of the page and the exports", () => {
  it("finds no difference where the page lists the exports", () => {
    expect(differences(INDEX, PAGE)).toEqual([]);
  });

  it("finds an exported name that the page does not list", () => {
    expect(differences(`${INDEX}export { e } from "./z.ts";\n`, PAGE)).toEqual(["e is not listed"]);
  });

  it("finds a listed name that is not exported", () => {
    expect(differences(INDEX, `${PAGE}| \`e\` | gone |\n`)).toEqual(["e is not exported"]);
  });

  it("finds a name that the page lists twice", () => {
    expect(differences(INDEX, `${PAGE}| \`b\` | again |\n`)).toEqual(["b is listed twice"]);
  });
});
