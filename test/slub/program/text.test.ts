import { describe, expect, it } from "vitest";
import type { Program } from "../../../src/slub/program/op.ts";
import { OP_WORDS } from "../../../src/slub/program/operations.ts";
import { parseScript, printScript } from "../../../src/slub/program/text.ts";
import { EVERY_OP } from "./every_op.ts";

function withoutSource({ header, ops }: Program) {
  return { header, ops };
}

describe("a script with every operation", () => {
  const program = parseScript(EVERY_OP, "every.slab");

  it("has every operation", () => {
    expect(new Set(program.ops.map(({ op }) => op))).toEqual(new Set(OP_WORDS));
  });

  it("prints as it was written", () => {
    expect(printScript(program)).toBe(EVERY_OP);
  });

  it("printed and read again is the same program", () => {
    const again = parseScript(printScript(program), "again.slab");
    expect(withoutSource(again)).toEqual(withoutSource(program));
  });

  it("keeps file, line and text of each operation", () => {
    expect(program.source?.file).toBe("every.slab");
    expect(program.source?.lines[0]).toBe(10);
    expect(program.source?.texts[3]).toBe("region list 0xffffc90003fed000 4096");
    expect(program.source?.lines).toHaveLength(program.ops.length);
  });

  it("has its header", () => {
    expect(program.header).toEqual({
      boot: "smp slub_debug=FZ,kmalloc-64 slab_nomerge",
      profile: "v7.3",
      cpus: 2,
      phys: { basePfn: 0x36000, pages: 4096 },
      seed: 0xfeedn,
      config: "+SLAB_FREELIST_RANDOM",
      comments: ["every operation, once at least", "", " indented"],
    });
  });
});

describe("a word of a line", () => {
  const opOf = (line: string) => parseScript(`cache c 64 0 -\nalloc c p\n${line}\n`, "x").ops[2];

  it("ends at a blank or a tab", () => {
    expect(opOf(" \tfree\t c  p ")).toEqual(opOf("free c p"));
  });

  it("may be an octal or hexadecimal number", () => {
    expect(opOf("read p 010 0x10")).toMatchObject({ offset: 8, length: 16 });
    expect(opOf("read p+0x10 -010 5")).toMatchObject({
      target: { slot: "p", offset: 16 },
      offset: -8,
    });
    expect(opOf("read p +4 5")).toMatchObject({ offset: 4 });
  });

  it("has its cache flags in one order", () => {
    expect(opOf("cache d 8 0 MUPZFZ")).toMatchObject({ flags: "FZPUM" });
  });

  it("has addresses and bytes in one spelling", () => {
    expect(opOf("write 0x00FF 0 ABcd")).toMatchObject({
      target: { slot: "0xff", offset: 0 },
      hex: "abcd",
    });
  });

  it("ends with the line, whatever ends the line", () => {
    const windows = parseScript("cache c 64 0 -\r\nalloc c p\r\n", "x");
    expect(withoutSource(windows)).toEqual(
      withoutSource(parseScript("cache c 64 0 -\nalloc c p", "x")),
    );
  });
});

describe("a comment of a script", () => {
  it("begins only at the beginning of a line", () => {
    const program = parseScript("cache c#1 64 0 -\n# alloc c#1 x\n  # too\nalloc c#1 p#\n", "x");
    expect(program.ops).toHaveLength(2);
    expect(program.ops[1]).toMatchObject({ name: "c#1", slot: "p#" });
  });

  it("is no header once an operation stood before it", () => {
    const program = parseScript("info\n# boot: nonsense\n", "x");
    expect(program.header).toEqual({ comments: [] });
  });

  it("names the target that a script was found on, if that target is known", () => {
    const text = "# target: canary:empty-slab-lost\ncache c 64 0 -\n";
    const program = parseScript(text, "x");
    expect(program.header).toEqual({ target: "canary:empty-slab-lost", comments: [] });
    expect(printScript(program)).toBe(text);
    expect(parseScript("# target: the moon\n", "x").header).toEqual({
      comments: ["target: the moon"],
    });
    expect(() => parseScript("# target: slub\n# target: slub\n", "x")).toThrow("twice");
  });

  it("is read as a comment if it only looks like a header", () => {
    const { header } = parseScript("# seed=92 mode=uniform\n# note: x\n", "x");
    expect(header).toEqual({ comments: ["seed=92 mode=uniform", "note: x"] });
  });
});

describe("a name in a script", () => {
  it("belongs to a slot from the line that fills the slot on", () => {
    const text = "cache c 64 0 -\nallocn c 3 p\nslot q p2+8\nkrealloc q 10 r\nkfree r\n";
    expect(parseScript(text, "x").ops).toHaveLength(5);
  });

  it("may stand for an unfilled slot in freen and bulkfree", () => {
    const text = "cache c 64 0 -\nfreen c 3 p\nbulkfree c a b+8 null\n";
    expect(parseScript(text, "x").ops).toHaveLength(3);
  });

  it("may be used again for a cache", () => {
    const text = "cache c 64 0 -\ndestroy c\ncache c 128 0 -\nalloc c p\n";
    expect(parseScript(text, "x").ops).toHaveLength(4);
  });
});

it("an empty script is an empty program", () => {
  expect(withoutSource(parseScript("", "x"))).toEqual({ header: { comments: [] }, ops: [] });
  expect(printScript(parseScript("\n\n", "x"))).toBe("");
});
