// slabfuzz shrink, run as a command: its output, its files and its exit code.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseScript } from "../../src/slub/program/text.ts";
import { slabfuzz } from "../helper/command.ts";

const SCRIPT = [
  "# boot: up slub_debug=FZPU",
  "cache c 64 0 -",
  "allocn c 9 p",
  "write p3 64 4141",
  "freen c 9 p",
  "validate c",
].join("\n");

let folder = "";
let script = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "slabfuzz-shrink-"));
  script = join(folder, "long.slab");
  writeFileSync(script, SCRIPT);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const opsOf = (text: string) => parseScript(text, "stdout").ops.map(({ op }) => op);

describe("a script with a bug", () => {
  it("becomes a shorter one on stdout, and the last line says how to replay it", async () => {
    const { code, out, error } = await slabfuzz("shrink", script);
    expect(code).toBeUndefined();
    expect(opsOf(out)).toEqual(["cache", "alloc", "write", "free"]);
    expect(error).toMatch(/^detected: overflow-right\|right-redzone\|/);
    expect(error).toContain("5 operations became 4");
    expect(error.trimEnd().split("\n").at(-1)).toBe(
      `replay: slabfuzz shrink ${script} | slabfuzz replay -`,
    );
  });

  it("goes to the file of --out, and nothing to stdout", async () => {
    const file = join(folder, "short.slab");
    const { out, error } = await slabfuzz("shrink", script, "--out", file);
    expect(out).toBe("");
    expect(opsOf(readFileSync(file, "utf8"))).toHaveLength(4);
    expect(error.trimEnd().split("\n").at(-1)).toBe(`replay: slabfuzz replay ${file}`);
    expect(readdirSync(folder).filter((name) => name.startsWith(".draft"))).toEqual([]);
  });

  it("is shrunk on the machine that the options name", async () => {
    const { out } = await slabfuzz("shrink", script, "--profile", "v3.10", "--slub-debug", "Z");
    expect(out).toContain("# boot: v310ndl slub_debug=Z\n# profile: v3.10\n");
  });

  it("is a record with --json", async () => {
    const { out } = await slabfuzz("shrink", script, "--json");
    const record = JSON.parse(out);
    expect(record).toMatchObject({
      source: script,
      verdict: "detected",
      operations: 4,
      operationsBefore: 5,
      complete: true,
      replay: `slabfuzz shrink ${script} | slabfuzz replay -`,
    });
    expect(opsOf(record.program)).toHaveLength(4);
    for (const slip of record.slips) expect(opsOf(slip.program)).toHaveLength(slip.operations);
  });

  it("stops at its effort and tells so", async () => {
    const { out, error } = await slabfuzz("shrink", script, "--effort", "60");
    expect(error).toContain("ended before nothing was left to try");
    expect(error).toContain("--effort 60 | slabfuzz replay -");
    expect(opsOf(out).length).toBeGreaterThan(4);
  });
});

describe("a refusal of slabfuzz shrink", () => {
  it.each([
    ["a program without finding", "cache c 64 0 -\n", /: it shows no finding, /],
    ["a script with a mistake", "cash c 64 0 -\n", /:1: unknown operation "cash"/],
  ])("is one sentence and exit code 2: %s", async (name, text, complaint) => {
    const file = join(folder, `${name}.slab`);
    writeFileSync(file, text);
    const { code, out, error } = await slabfuzz("shrink", file);
    expect([code, out]).toEqual([2, ""]);
    expect(error).toMatch(complaint);
    expect(error.trimEnd().split("\n")).toHaveLength(1);
  });

  it("leaves no file where the file cannot be written", async () => {
    const file = join(folder, "nowhere", "short.slab");
    const { code, error } = await slabfuzz("shrink", script, "--out", file);
    expect(code).toBe(2);
    expect(error).toContain(`${file}: cannot be written (no such file)`);
    expect(existsSync(file)).toBe(false);
  });
});

/** Beside its findings a campaign leaves files of its own. */
function firstFolder(path: string): string {
  const folders = readdirSync(path, { withFileTypes: true }).filter((one) => one.isDirectory());
  return join(path, folders[0].name);
}

describe("the stored finding", () => {
  it("of a campaign holds the shrunk script, and the folder shrinks to the same", async () => {
    const out = join(folder, "findings");
    const words = ["--bugs", "off-by-one", "--slub-debug", "FZ", "--seed", "3", "--cases", "40"];
    await slabfuzz("fuzz", ...words, "--out", out);
    const found = firstFolder(out);
    const stored = readFileSync(join(found, "shrunk.slab"), "utf8");
    const again = await slabfuzz("shrink", found);
    expect(again.out).toBe(stored);
    expect(opsOf(stored).length).toBeLessThan(7);
  });

  it("of a deliberate bug is shrunk, and replayed, on the core that has it", async () => {
    const out = join(folder, "canary");
    const target = "canary:zeroing-one-word-short";
    const words = ["--target", target, "--bugs", "none", "--seed", "3", "--cases", "300"];
    await slabfuzz("fuzz", ...words, "--slub-debug", "-", "--out", out);
    const found = firstFolder(out);
    const { error } = await slabfuzz("shrink", found);
    expect(error).toMatch(/^invariant: /);
    const replayed = await slabfuzz("replay", found, "--json");
    expect(JSON.parse(replayed.out).verdict).toBe("invariant");

    // A script that leaves its folder says where it belongs.
    for (const name of ["program.slab", "shrunk.slab"]) {
      const script = join(found, name);
      const text = readFileSync(script, "utf8");
      expect(text).toContain(`\n# target: ${target}\n`);
      const alone = await slabfuzz("replay", script, "--json");
      expect(JSON.parse(alone.out).verdict).toBe("invariant");
      const healthy = join(folder, "healthy.slab");
      writeFileSync(healthy, text.replace(/# target: .*\n/, ""));
      expect(JSON.parse((await slabfuzz("replay", healthy, "--json")).out).verdict).toBe("ok");
    }
    const shrunk = join(found, "shrunk.slab");
    expect((await slabfuzz("shrink", shrunk)).out).toContain(`# target: ${target}\n`);
    const exported = await slabfuzz("export", shrunk, "--format", "json");
    expect(JSON.parse(exported.out)).toMatchObject({ verdict: "invariant" });
    expect(JSON.parse(exported.out).header).toContain(`target: ${target}`);
    const test = (await slabfuzz("export", shrunk, "--format", "vitest")).out;
    expect(test).toContain(`"# target: ${target}",`);
  });
});
