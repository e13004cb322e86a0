import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { slabfuzz } from "../../helper/command.ts";

const RAN = "code-ran";
const CODE = `import { writeFileSync } from "node:fs";
writeFileSync(${JSON.stringify(RAN)}, "");
export default { ci: { corpus: "programs" }, bugs: ["bit-flip"] };`;

const home = process.cwd();
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slabfuzz-reading-"));
  process.chdir(folder);
  writeFileSync("one.slab", "cache c 64 0 -\nalloc c a\n");
});
afterEach(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

/** Commands that only read. */
const READING: readonly (readonly string[])[] = [
  ["corpus", "add", "one.slab", "--name", "two"],
  ["corpus", "list"],
  ["corpus", "check"],
  ["targets"],
  ["targets", "inspect", "tlsf"],
  ["replay", "one.slab"],
  ["export", "one.slab", "--format", "json"],
  ["shrink", "one.slab"],
  ["geometry", "64"],
];

describe.each(["slabfuzz.config.ts", "slabfuzz.config.mjs"])(
  "the file %s of the folder",
  (name) => {
    it.each(READING)("is not run by %s %s", async (...words) => {
      writeFileSync(name, CODE);
      await slabfuzz(...words.filter((word) => word !== undefined));
      expect(existsSync(RAN)).toBe(false);
    });

    it("is run where a command has to run it or is told to, and the command tells so", async () => {
      writeFileSync(name, CODE);
      const told = await slabfuzz("corpus", "list", "--config", name);
      expect([existsSync(RAN), told.error]).toEqual([
        true,
        expect.stringContaining(`read ${name}`),
      ]);
      const { error, out } = await slabfuzz("fuzz", "--print-config");
      expect(error).toBe(`read ${name}\n`);
      expect(JSON.parse(out)).toMatchObject({ bugs: ["bit-flip"] });
      expect((await slabfuzz("fuzz", "--print-config", "--no-config")).error).toBe("");
    });
  },
);

it("a config without code is read by all commands", async () => {
  writeFileSync("slabfuzz.config.json", '{"ci":{"corpus":"programs"}}');
  const { out, error } = await slabfuzz("corpus", "add", "one.slab");
  expect(out).toBe("programs/one.slab: ok\n");
  expect(error).toBe("read slabfuzz.config.json\n");
});

it("a target of the config is known where the config is named", async () => {
  writeFileSync("t.json", '{"targets":{"mine":{"file":"no.wasm","malloc":"a","free":"b"}}}');
  for (const words of [
    ["targets", "inspect", "mine", "--config", "t.json"],
    ["targets", "--config", "t.json", "inspect", "mine"],
  ]) {
    const { code, error } = await slabfuzz(...words);
    expect([code, error]).toEqual([2, expect.stringContaining("no.wasm: no such file")]);
  }
});
