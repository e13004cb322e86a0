import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { slabfuzz } from "../helper/command.ts";

const folder = mkdtempSync(join(tmpdir(), "slabfuzz-guided-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);
const SMALL = ["fuzz", "--guided", "--seed", "7", "--json", "--cases", "72"];

interface Printed {
  readonly digest: string;
  readonly cases: number;
  readonly guidance: { readonly edges: number; readonly corpus: number };
  readonly findings: readonly { readonly signature: string; readonly folder: string }[];
}

async function guided(...words: readonly string[]): Promise<Printed> {
  const { code, out } = await slabfuzz(...SMALL, ...words);
  expect(code).toBe(0);
  return JSON.parse(out) as Printed;
}

describe("slabfuzz fuzz --guided", () => {
  it("comes to the same with one worker and with two, and stores findings and corpus", async () => {
    const on = ["--slub-debug", "Z", "--bugs", "off-by-one", "--ops", "40"];
    const one = await guided(...on, "--out", at("a"), "--corpus", at("one"));
    const two = await guided(...on, "--out", at("b"), "--corpus", at("two"), "--jobs", "2");
    expect([two.digest, two.guidance]).toEqual([one.digest, one.guidance]);
    expect(one.cases).toBe(72);
    expect(readdirSync(at("two"))).toEqual(readdirSync(at("one")));
    expect(readdirSync(at("one"))).toHaveLength(one.guidance.corpus + 1);
    const [finding] = one.findings;
    expect(readFileSync(join(finding.folder, "program.slab"), "utf8")).toContain(
      "of the guided search with seed 7",
    );
    expect(readFileSync(join(finding.folder, "replay.txt"), "utf8")).toMatch(/replay ss1:/);

    const minimised = await slabfuzz("corpus", "minimise", at("one"), at("two"), "--json");
    const { before, after } = JSON.parse(minimised.out) as { before: number; after: number };
    expect(before).toBe(one.guidance.corpus);
    expect(after).toBeLessThan(before);
    expect(readdirSync(at("one"))).toHaveLength(after + 1);
  });

  it.each([
    [["--shard", "1/2"], /^--guided: has no shards/],
    [["--resume"], /^--guided: is not resumed/],
  ])("refuses %j in one sentence", async (words, message) => {
    const { code, error } = await slabfuzz("fuzz", "--guided", "--cases", "10", ...words);
    expect(code).toBe(2);
    expect(error.replace(/^slabfuzz: /, "")).toMatch(message);
  });
});

it("slabfuzz fuzz --corpus without --guided is refused", async () => {
  const { code, error } = await slabfuzz("fuzz", "--cases", "1", "--corpus", at("x"));
  expect([code, error]).toEqual([2, expect.stringContaining("--corpus: is for --guided")]);
});

it("slabfuzz corpus minimise refuses a folder that holds no corpus", async () => {
  const { code, error } = await slabfuzz("corpus", "minimise", folder);
  expect([code, error]).toEqual([2, expect.stringContaining("is no corpus of a guided search")]);
});
