// A program in sentences: those that matter, and no others.
import { describe, expect, it } from "vitest";
import { packagePath } from "../../../src/base/package_file.ts";
import { readTextFile } from "../../../src/base/whole_file.ts";
import { machineFor } from "../../../src/slub/program/boot.ts";
import { parseScript } from "../../../src/slub/program/text.ts";
import { keySentences } from "../../../src/slub/words/key_sentences.ts";

function sentencesOf(script: string, slubDebug?: string): Map<number, string> {
  const program = parseScript(script, "test.slab");
  const overrides = slubDebug === undefined ? {} : { slubDebug };
  const told = keySentences(program, machineFor(program, overrides));
  return new Map(told.map(({ op, says }) => [op, says]));
}

/** A cache of 64 bytes, two neighbours, a write of `hex` at the end of the first, and the frees. */
function written(hex: string): string {
  return `cache c 64 0 -\nalloc c a\nalloc c b\nwrite a 56 ${hex}\nfree c b\nfree c a\n`;
}

describe("the sentences of a program", () => {
  it("name the bytes, the object and the owner that a write beyond an object falls on", () => {
    const bytes = 12;
    const beyond = bytes - (64 - 56);
    expect(sentencesOf(written("41".repeat(bytes))).get(3)).toBe(
      `writes ${beyond} bytes of the payload of live object 1`,
    );
  });

  it("are none where every byte that a program writes is its own", () => {
    expect([...sentencesOf(written("41".repeat(8)))]).toEqual([]);
  });

  it("tell where a free pointer points, and which object is handed out by it", () => {
    const script = "cache c 64 0 -\nalloc c a\nalloc c b\nfree c a\nwptr a 32 glob+64\n";
    const told = sentencesOf(`${script}alloc c x\nalloc c y\n`);
    expect(told.get(4)).toBe(
      "writes 8 bytes of the free pointer of free object 0, which now points at glob+0x40",
    );
    expect(told.get(5)).toBe("x is object 0; what its free pointer names comes next");
    expect(told.get(6)).toBe("y is glob+0x40, which is no object of the cache");
  });

  it("end with what the machine dies of in the crash that slabfuzz began with", () => {
    const seed = readTextFile(packagePath("examples/seed.slab"));
    const told = sentencesOf(seed);
    expect(told.get(8)).toMatch(/8 bytes of the free pointer of free object 9, .* XXXTBL\+0x18$/);
    expect([...told.values()].at(-1)).toMatch(/^the machine dies of BUG: unable to handle kernel/);
    expect([...sentencesOf(seed, "FZ").values()].join("\n")).not.toContain("the machine dies");
  });
});
