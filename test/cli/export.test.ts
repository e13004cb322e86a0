// slabfuzz export, run as a command: its output, its files and its exit code.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { slabfuzz } from "../helper/command.ts";

const SCRIPT = "# boot: up slub_debug=FZ\ncache c 64 0 -\nalloc c a\nwrite a 64 41\nfree c a\n";
let folder = "";
let script = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "slabfuzz-export-"));
  script = join(folder, "over.slab");
  writeFileSync(script, SCRIPT);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("slabfuzz export writes JSON that the other commands read as they read the script", async () => {
  const file = join(folder, "over.json");
  const { out } = await slabfuzz("export", script, "--format", "json", "--out", file);
  expect(out).toBe("");
  expect(JSON.parse(readFileSync(file, "utf8")).verdict).toBe("detected");
  const read = JSON.parse((await slabfuzz("replay", file, "--json")).out);
  const original = JSON.parse((await slabfuzz("replay", script, "--json")).out);
  expect(read).toEqual({ ...original, source: file });
});

it("slabfuzz export shows what the program does on the machine of the options", async () => {
  const words = ["export", script, "--format", "json", "--slub-debug", "-"];
  const { out } = await slabfuzz(...words);
  expect(JSON.parse(out).verdict).not.toBe("detected");
  expect(JSON.parse(out).header[0]).toBe("boot: up slub_debug=-");
});

it("slabfuzz export prints each format to stdout", async () => {
  expect((await slabfuzz("export", script, "--format", "vitest")).out).toContain('from "slabfuzz"');
  expect((await slabfuzz("export", script, "--format", "c")).out).toContain("module_init(");
});

it.each(["replay", "shrink"])(
  "slabfuzz %s refuses a script whose target does not exist",
  async (word) => {
    const stranger = join(folder, "stranger.slab");
    writeFileSync(stranger, `# target: canary:yellow\n${SCRIPT}`);
    const { code, error } = await slabfuzz(word, stranger);
    expect(code).toBe(2);
    expect(error).toContain(`${stranger}: unknown target "canary:yellow"`);
  },
);

it("slabfuzz export refuses to guess the format", async () => {
  const { code, error } = await slabfuzz("export", script);
  expect(code).toBe(2);
  expect(error).toContain("--format");
  expect(error.trimEnd().split("\n")).toHaveLength(1);
});
