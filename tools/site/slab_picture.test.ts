// The drawing of a slab: objects with their letters, free lists with their ends, names as text.
import { describe, expect, it } from "vitest";
import { traceOfScript } from "../../test/view/traced.ts";
import { plain, table } from "./markdown.ts";
import { slabPicture } from "./slab_picture.ts";

const DOUBLE_FREE =
  "# boot: up\ncache c 1024 0 -\nallocn c 4 p\nfree c p1\nfree c p2\nfree c p1\nfree c p1\n";

describe("the picture of a slab", () => {
  const trace = traceOfScript(DOUBLE_FREE);

  it("has a letter and a name for each object, and the list in words", () => {
    const { svg, words, lists } = slabPicture(trace, 3)!;
    const letters = [...svg.matchAll(/class="cell (\w)"/g)].map(([, letter]) => letter);
    // A slab of two pages holds eight objects of 1024 bytes.
    expect(letters.join("")).toBe("LFFLNNNN");
    expect(svg).toContain(">p0</text>");
    expect(words).toContain("object 1, free since op 2, it was p1");
    expect(lists).toContainEqual(
      expect.stringMatching(/^free list of .*: 2 → 1 → 4 → 5 → 6 → 7 → end$/),
    );
    expect(svg).not.toContain('class="arrow broken"');
  });

  it("shows a free list that runs in a circle", () => {
    const { svg, lists } = slabPicture(trace, 5)!;
    expect(svg.match(/class="arrow broken"/g)).toHaveLength(1);
    expect(lists.join()).toContain("object 1 again: a circle");
  });

  it("has the objects that wait in a sheaf in words", () => {
    const script = "# profile: v7.3\n# boot: up\ncache c 2048 0 -\nalloc c p\nfree c p\n";
    const { lists } = slabPicture(traceOfScript(script), 2)!;
    expect(lists.join()).toMatch(/sheaf main of CPU 0: \d+, \d+/);
  });

  it("shows the caches where there is no slab, and is undefined where there is none", () => {
    expect(slabPicture(trace, 0)?.words).toBe("cache c: no slab");
    expect(slabPicture(traceOfScript("nextpfn 363fe\n"), 0)).toBeUndefined();
  });

  it("shows names that look like markup as text", () => {
    const name = "<img/src=x>";
    const { svg } = slabPicture(traceOfScript(`cache c 1024 0 -\nalloc c ${name}\n`), 1)!;
    expect(svg).not.toContain("<img");
    expect(svg).toContain("&lt;img/src=x&gt;");
  });
});

describe("the Markdown of the site", () => {
  it("leaves no mark of Markdown, HTML or a template in plain text", () => {
    expect(plain("a_b <i> {{c}} | `d` &amp; [e](f)")).not.toMatch(/[_<>{}|`[\]]/);
    expect(plain("plain words, 1 + 2.")).toBe("plain words, 1 + 2.");
  });

  it("keeps the columns of a table whatever a cell holds", () => {
    expect(
      table([
        ["a", "b"],
        ["`x|y`", "z\\|z"],
      ]).split("\n"),
    ).toEqual(["| a | b |", "| --- | --- |", "| `x\\|y` | z\\|z |"]);
  });
});
