import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  differenceFrom,
  entryText,
  parseEntry,
  readCorpus,
} from "../../../src/checks/gate/corpus.ts";
import { programOfScript } from "../../../src/targets/targets.ts";

const SIGNATURE = "off-by-one|right-redzone|own-cell|Right Redzone overwritten at free";
const SCRIPT = `# boot: up slub_debug=FZ
# expect: detected
# signature: ${SIGNATURE}
# a word of its own
cache c 64 0 -
alloc c a
write a 64 41
free c a
`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slabfuzz-corpus-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a program of a corpus", () => {
  it("tells what it must show", async () => {
    const entry = await parseEntry(SCRIPT, "corpus/one.slab");
    expect([entry.name, entry.path]).toEqual(["one", "corpus/one.slab"]);
    expect(entry.expected).toEqual({
      verdict: "detected",
      signature: SIGNATURE,
      digest: undefined,
    });
  });

  it("is written as it was read", async () => {
    const { program, expected } = await parseEntry(SCRIPT, "x");
    expect(entryText(program, expected)).toBe(SCRIPT);
  });

  it("forgets the target that it was found on, and its earlier expectation", async () => {
    const found = SCRIPT.replace("# boot", "# target: canary:left-red-zone-unchecked\n# boot");
    const expected = { verdict: "ok", signature: undefined, digest: undefined };
    const program = await programOfScript({ name: "x", file: "x", text: found });
    const text = entryText(program.onAnyCore(), expected);
    expect(text).not.toMatch(/target|signature|detected/);
    expect((await parseEntry(text, "x")).expected).toEqual(expected);
    expect(text).toContain("# a word of its own\n");
  });
});

describe("the check of a corpus program", () => {
  const shown = { verdict: "detected", signature: SIGNATURE, impact: "damage", digest: "12" };
  const must = { verdict: "detected", signature: SIGNATURE, digest: "12" };

  it("reports no difference where none exists", () => {
    expect(differenceFrom(must, shown)).toBeUndefined();
    expect(differenceFrom({ ...must, signature: undefined, digest: undefined }, shown)).toBe(
      undefined,
    );
  });

  it.each([
    ["verdict", { verdict: "ok" }, /^shows detected \(off-by-one.*\) instead of ok$/],
    ["signature", { signature: "a|b|c|d" }, /^shows off-by-one.* instead of a\|b\|c\|d$/],
    ["digest", { digest: "13" }, /digest 12 instead of 13/],
  ])("reports another %s", (_, change, message) => {
    expect(differenceFrom({ ...must, ...change }, shown)).toMatch(message);
  });
});

describe("a corpus folder", () => {
  it("gives its scripts in the order of their names, and no other files", async () => {
    for (const name of ["b.slab", "a.slab", "notes.txt"]) writeFileSync(join(folder, name), SCRIPT);
    expect((await readCorpus(folder)).map(({ name }) => name)).toEqual(["a", "b"]);
  });

  it.each([
    ["no longer parses", SCRIPT.replace("cache c 64", "cash c 64"), /bad\.slab:5: unknown op/],
    ["expects nothing", SCRIPT.replace("# expect: detected\n", ""), /no "# expect:"/],
    ["expects what there is not", SCRIPT.replace("detected", "seen"), /"# expect:" is "seen"/],
    ["expects twice", `# expect: ok\n${SCRIPT}`, /"# expect:" stands here twice/],
    [
      "wants a machine that cannot be",
      SCRIPT.replace("boot: up", "boot: down"),
      /bad\.slab:1: unknown/,
    ],
  ])("with a program that %s is refused, with its file", async (_, text, message) => {
    writeFileSync(join(folder, "bad.slab"), text);
    await expect(readCorpus(folder)).rejects.toThrow(message);
  });

  it("is refused where it does not exist", async () => {
    await expect(readCorpus(join(folder, "none"))).rejects.toThrow("none: no such file");
  });
});
