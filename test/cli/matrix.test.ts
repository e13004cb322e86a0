// slabfuzz matrix, run as a command: its output, its files and its exit code.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { slabfuzz } from "../helper/command.ts";

const folder = mkdtempSync(join(tmpdir(), "slabfuzz-matrix-"));
afterAll(() => rmSync(folder, { recursive: true }));

const SEED = "examples/seed.slab";

describe("slabfuzz matrix without a source", () => {
  it("takes the seed", async () => {
    const named = await slabfuzz("matrix", SEED, "--options", "-,FZ");
    const bare = await slabfuzz("matrix", "--options", "-,FZ");
    expect(bare.out).toBe(named.out);
    expect(bare.out).toContain("foreign");
    expect([bare.code, bare.error]).toEqual([undefined, ""]);
  });
});

describe("slabfuzz matrix", () => {
  it("prints a JSON record for each cell", async () => {
    const { out } = await slabfuzz("matrix", SEED, "--json", "--profile", "v3.10,v6.12");
    const { programs } = JSON.parse(out);
    expect(programs[0].cells).toHaveLength(2 * 16);
    expect(programs[0].cells[0]).toMatchObject({
      profile: "v3.10",
      options: "-",
      verdict: "detected",
      impact: "foreign",
      report: { op: 11 },
      end: "crash",
      death: { op: 14 },
    });
  });

  it("prints a Markdown table for each kernel, and one of symptoms", async () => {
    const { out } = await slabfuzz("matrix", SEED, "--format", "markdown", "--options", "F,FZ");
    expect(out.match(/^\| --- \|/gm)).toHaveLength(4);
  });

  it("writes a whole page that names its command and shows each kernel", async () => {
    const path = join(folder, "seed.html");
    const { error } = await slabfuzz("matrix", SEED, "--options", "F,FZ", "--html", path);
    const page = readFileSync(path, "utf8");
    expect(error).toMatch(/seed\.html: written, \d+ KiB/);
    expect(page).toContain(`slabfuzz matrix ${SEED} --options F,FZ --html`);
    for (const kernel of ["v3.10 v310", "v6.1 smp", "v6.12 smp"]) expect(page).toContain(kernel);
  });
});

it("slabfuzz matrix --bugs makes a program for each class, in the order of the help", async () => {
  const words = ["--bugs", "off-by-one,double-free", "--options", "F,FZ", "--profile", "v6.1"];
  const { out } = await slabfuzz("matrix", ...words);
  expect(
    out
      .split("\n")
      .slice(2, 4)
      .map((line) => line.split(" ")[0]),
  ).toEqual(["off-by-one", "double-free"]);
});

it("a script found on a canary runs on that canary", async () => {
  const path = join(folder, "canary.slab");
  const script = "cache c 64 0 -\nalloc c a\nfree c a\nalloc c b\nalloc c d\nvalidate c\n";
  const words = ["--options", "-", "--profile", "v6.1", "--json"];
  writeFileSync(path, script);
  const healthy = await slabfuzz("matrix", path, ...words);
  writeFileSync(path, `# target: canary:alloc-leaves-object-free\n${script}`);
  const broken = await slabfuzz("matrix", path, ...words);
  const verdicts = [healthy, broken].map(({ out }) => JSON.parse(out).programs[0].cells[0].verdict);
  expect(verdicts).toEqual(["ok", "invariant"]);
  expect([healthy.code, broken.code]).toEqual([undefined, 1]);
});

it("slabfuzz matrix --boot chooses the kernels that have the variant", async () => {
  const { out } = await slabfuzz("matrix", SEED, "--boot", "v310ndl", "--options", "-", "--json");
  expect(JSON.parse(out).programs[0].profiles).toEqual(["v3.10"]);
});

describe("a wrong request to slabfuzz matrix", () => {
  const script = join(folder, "bad.slab");
  writeFileSync(script, "alloc nobody a\n");
  it.each([
    [["--options", "FX"], /unknown option set "FX"/],
    [["--profile", "v7.9"], /unknown profile "v7.9"/],
    [["--bugs", "nonsense"], /unknown bug class "nonsense"/],
    [[SEED, "--bugs", "all"], /say one of them/],
    [[script], /bad\.slab:1: /],
    [["--html", join(folder, "no", "where.html"), "--options", "-"], /cannot be written/],
  ])("ends with one sentence: %j", async (words, sentence) => {
    const { code, error } = await slabfuzz("matrix", ...words);
    expect(code).toBe(2);
    expect(error).toMatch(sentence);
    expect(error.trimEnd().split("\n")).toHaveLength(1);
  });
});
