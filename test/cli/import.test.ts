// slabfuzz import, run as a command: its output, its files, its complaints and its exit code.
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { slabfuzz } from "../helper/command.ts";

const folder = mkdtempSync(join(tmpdir(), "slabfuzz-import-"));
afterAll(() => rmSync(folder, { recursive: true }));

function written(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const LOG = written(
  "mtrace.log",
  "= Start\n@ ./a:[0x1] + 0x10 0x18\nwhat\x1b[2J\n@ ./a:[0x2] - 0x10\n",
);
const SCRIPT = "# target: any-module\n# imported: mtrace, 2 calls\nalloc b0 24\nfree b0\n";

describe("an import", () => {
  it("prints the script, and names lines that it skipped beside it", async () => {
    const { code, out, error } = await slabfuzz("import", LOG);
    expect([code, out]).toEqual([undefined, SCRIPT]);
    const lines = [`${LOG}:3: is no mtrace line`, "mtrace: 2 calls became 2 operations, "];
    expect(error).toBe(`${lines.join("\n")}1 line of 4 skipped\n`);
  });

  it("writes a file that runs on the target that replay is told", async () => {
    const path = join(folder, "trace.slab");
    await slabfuzz("import", LOG, "--format", "mtrace", "--out", path);
    expect(readFileSync(path, "utf8")).toBe(SCRIPT);
    const told = await slabfuzz("replay", path, "--target", "tlsf");
    expect(told.out).toContain("all 2 operations ran, no rule was broken");
    const untold = await slabfuzz("replay", path);
    expect([untold.code, untold.error]).toEqual([
      2,
      `${path}: is for any module with an allocator, say which: --target FILE\n`,
    ]);
  });

  it("prints a record on request", async () => {
    const { out } = await slabfuzz("import", LOG, "--json", "--ops", "1");
    const { program, ...rest } = JSON.parse(out);
    expect(rest).toEqual({
      ...{ source: LOG, format: "mtrace", lines: 4, calls: 2, operations: 1 },
      skipped: [{ place: `${LOG}:3`, wrong: "is no mtrace line" }],
    });
    expect(program).toContain("# left out: what came when the trace was full\nalloc b0 24\n");
  });

  it("follows no link with its output", async () => {
    const link = join(folder, "link.slab");
    symlinkSync(join(folder, "elsewhere"), link);
    const { code, error } = await slabfuzz("import", LOG, "--out", link);
    expect([code, error]).toEqual([2, expect.stringContaining("is a link: move it away")]);
    expect(existsSync(join(folder, "elsewhere"))).toBe(false);
  });

  it.each([
    [["no.log"], "no.log: no such file\n"],
    [[LOG, "--format", "kmem"], `${LOG}: has no call in the format kmem\n`],
    [[LOG, "--ops", "0"], /--ops 0: must be a whole number/],
    [[LOG, "--format", "massif"], /--format massif: allowed choices are auto, mtrace, ltrace/],
  ])("of %j is refused in one sentence", async (words, complaint) => {
    const { code, error } = await slabfuzz("import", ...words);
    expect([code, error.trimEnd().split("\n").length]).toEqual([2, 1]);
    expect(error).toMatch(complaint);
  });
});

describe("another target", () => {
  it("is refused for a token, and without a name", async () => {
    const token = await slabfuzz("replay", "sf1:x", "--target", "tlsf");
    expect([token.code, token.error]).toEqual([
      2,
      "--target: a token is of one target, give a script or a finding's folder\n",
    ]);
    const nameless = await slabfuzz("replay", LOG, "--exports", "malloc=a,free=b");
    expect(nameless.error).toBe(
      "--exports: says how a target is called, name that with --target\n",
    );
    const bench = await slabfuzz("bench", "--target", "tlsf");
    expect(bench.error).toMatch(/^--target: says where SOURCE runs; --targets plays workloads/);
  });

  it("is asked in other words for what it has no functions for", async () => {
    const text = "# target: any-module\nzalloc b0 3 8\nresize b1 9\nresize b0 50\nalloc b2 8 64\n";
    const path = written("rich.slab", text);
    const { out } = await slabfuzz("replay", path, "--target", "argon2-browser");
    const ops = [...out.matchAll(/^op \d+: (.*) => (?!left out)/gm)].map(([, op]) => op);
    expect(ops).toEqual(["alloc b0 24", "alloc b1 9", "free b0", "alloc b0 50", "alloc b2 8"]);
    expect(out).toContain("verdict: ok");
  });
});

it("a bench refuses a program of a module that makes a mistake", async () => {
  const path = written("mistake.slab", "# target: tlsf\nalloc b0 8\nfree b0\nrefree b0\n");
  const { code, error } = await slabfuzz("bench", path);
  expect([code, error]).toEqual([
    2,
    expect.stringMatching(/bench plays alloc, .* and nothing else, op 2 is refree b0\n$/),
  ]);
});
