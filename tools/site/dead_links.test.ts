// The search for dead links: it finds each kind of them, and passes over links that lead somewhere.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deadLinks } from "./dead_links.ts";

const GOOD = `<a href="other.html#there">a</a> <a href="#own">b</a> <p id="own"></p>
<a href="/base/docs/other.html">c</a> <img src="picture.svg"> <a href="https://a.b/c">d</a>
<a href="../">e</a> <a href="other.html#op=3">f</a> <script>x = ' href="no.html"'</script>`;
const DEAD = ["no.html", "other.html#nowhere", "#nothing", "/base/no.html", "no.svg", "folder"];

describe("the search for dead links", () => {
  const folder = mkdtempSync(join(tmpdir(), "slabfuzz-links-"));

  beforeAll(() => {
    mkdirSync(join(folder, "docs", "folder"), { recursive: true });
    writeFileSync(join(folder, "index.html"), "<p>first</p>");
    writeFileSync(join(folder, "docs", "picture.svg"), "<svg/>");
    writeFileSync(join(folder, "docs", "other.html"), '<h2 id="there">There</h2>');
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it("accepts files, headings, other sites, and addresses that a script reads", () => {
    writeFileSync(join(folder, "docs", "page.html"), GOOD);
    expect(deadLinks(folder, "/base/")).toEqual([]);
  });

  it.each(DEAD)("finds %s", (link) => {
    writeFileSync(join(folder, "docs", "page.html"), `${GOOD}<a href="${link}">x</a>`);
    expect(deadLinks(folder, "/base/")).toEqual([`docs/page.html: ${link}`]);
  });
});
