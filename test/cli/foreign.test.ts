// Campaigns against foreign modules, run as commands: findings, tokens, shards, and the refusal of
// a file that is no module.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { slabfuzz } from "../helper/command.ts";
import { plantedModule } from "../module/planted.ts";

const folder = mkdtempSync(join(tmpdir(), "slabfuzz-foreign-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CASES = ["--cases", "12", "--seed", "7", "--ops", "300"];
let bad: string;
let good: string;
/** A campaign on the bad module, which several tests look at. */
let found: Awaited<ReturnType<typeof fuzz>>;
let finding: { readonly signature: string; readonly token: string; readonly folder: string };

beforeAll(async () => {
  bad = plantedModule("calloc does not clear");
  good = plantedModule("none");
  found = await fuzz(bad, "bad");
  finding = found.record.findings[0];
});

async function fuzz(target: string, out: string, ...words: string[]) {
  const { out: text, ...rest } = await slabfuzz(
    ...["fuzz", "--target", target, "--out", join(folder, out), "--json", ...CASES, ...words],
  );
  return { ...rest, record: JSON.parse(text) };
}

describe("a module with a mistake", () => {
  it("fails, and its findings can be replayed and shrunk", async () => {
    expect(found.code).toBe(1);
    expect(found.record.convention).toBe("malloc/free");
    expect(finding.signature).toMatch(/^none\|calloc_does_not_clear\|-\|invariant not-zeroed$/);
    expect(finding.token).toMatch(/^sw1:/);
    for (const source of [finding.token, finding.folder]) {
      const { out, code: replayed } = await slabfuzz("replay", source);
      expect(out).toContain("not-zeroed: calloc gave a block that is not zero");
      expect(replayed ?? 0).toBe(0);
    }
    const shrunk = await slabfuzz("shrink", finding.folder);
    const lines = shrunk.out.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    expect(lines.length).toBeLessThanOrEqual(8);
    expect(lines.join("\n")).toContain("zalloc");
  });

  it("gives one digest, in one campaign or in two that are merged", async () => {
    const halves = [
      await fuzz(bad, "one", "--shard", "1/2"),
      await fuzz(bad, "two", "--shard", "2/2"),
    ];
    const parts = ["one", "two"].map((part) => join(folder, part));
    const merged = await slabfuzz("merge", ...parts, "--out", join(folder, "merged"), "--json");
    const record = JSON.parse(merged.out);
    expect(record.digest).toBe(found.record.digest);
    expect(record.cases).toBe(halves.reduce((sum, half) => sum + half.record.cases, 0));
    const signatures = (of: { findings: { signature: string }[] }) =>
      of.findings.map(({ signature }) => signature);
    expect(signatures(record)).toEqual(signatures(found.record));
  });

  it("continues where a journal ends", async () => {
    const journal = readFileSync(join(folder, "bad", "campaign.journal"), "utf8");
    const [head] = journal.split("\n");
    mkdirSync(join(folder, "resumed"));
    writeFileSync(join(folder, "resumed", "campaign.journal"), `${head}\n`);
    const resumed = await slabfuzz("fuzz", "--resume", join(folder, "resumed"), "--json");
    expect(JSON.parse(resumed.out).digest).toBe(found.record.digest);
    expect(resumed.code).toBe(1);
  });
});

describe("a finding on a module", () => {
  const shrunk = (): string => join(finding.folder, "shrunk.slab");

  it("is kept in a corpus, and checked on its own module from then on", async () => {
    const corpus = ["--corpus", join(folder, "corpus")];
    const added = await slabfuzz(
      "corpus",
      "add",
      finding.folder,
      ...corpus,
      "--expect",
      "invariant",
    );
    expect([added.error, added.code ?? 0]).toEqual(["", 0]);
    const [name] = readdirSync(join(folder, "corpus"));
    const path = join(folder, "corpus", name);
    expect(readFileSync(path, "utf8")).toContain(`# target: ${bad}\n`);
    const listed = await slabfuzz("corpus", "list", ...corpus, "--json");
    expect(JSON.parse(listed.out)[0]).toMatchObject({ verdict: "invariant" });
    const kept = await slabfuzz("corpus", "check", ...corpus);
    expect([kept.out, kept.code]).toEqual(["", 0]);

    writeFileSync(path, readFileSync(path, "utf8").replace(bad, good));
    const mended = await slabfuzz("corpus", "check", ...corpus);
    expect(mended.out).toContain("shows ok instead of invariant");
    expect(mended.code).toBe(1);
  });

  it("is exported as JSON and as a test, but not as a kernel module", async () => {
    const json = JSON.parse((await slabfuzz("export", shrunk(), "--format", "json")).out);
    expect(json.header).toContain(`target: ${bad}`);
    expect(json.verdict).toBe("invariant");
    const test = await slabfuzz("export", shrunk(), "--format", "vitest");
    expect(test.out).toContain('import { programOfScript } from "slabfuzz";');
    const { error, code } = await slabfuzz("export", shrunk(), "--format", "c");
    expect(error).toMatch(/^[^\n]*can call the kernel's allocator only\n$/);
    expect(code).toBe(2);
  });

  it("can be read from a JSON file by every command that takes a program", async () => {
    const path = join(folder, "finding.json");
    writeFileSync(path, (await slabfuzz("export", shrunk(), "--format", "json")).out);
    const { out } = await slabfuzz("replay", path, "--json");
    expect(JSON.parse(out).verdict).toBe("invariant");
  });

  it("is refused by the matrix of debug options, in one sentence", async () => {
    const { error, code } = await slabfuzz("matrix", finding.folder);
    expect(error).toMatch(/^[^\n]*is a program of a foreign module, which has no debug options/);
    expect([error.trimEnd().split("\n").length, code]).toEqual([1, 2]);
  });
});

describe("a module without a mistake", () => {
  it("passes, and its campaign stores only its own summary", async () => {
    const { code, record } = await fuzz(good, "good");
    expect(code).toBe(0);
    expect(record.findings).toEqual([]);
    expect(readdirSync(join(folder, "good")).sort()).toEqual(["campaign.journal", "summary.json"]);
  });

  it("passes with its stores watched, in the speed that this allows", async () => {
    const { code, record } = await fuzz(good, "watched", "--instrument", "--cases", "2");
    expect([code, record.target]).toEqual([0, `watched:${good}`]);
  });

  it("is watched in the gate, too, which says how to repeat that", async () => {
    const sections = ["--quick", "--sections", "canaries", "--out", join(folder, "ci")];
    const words = ["ci", "--no-config", "--target", good, "--instrument", ...sections];
    const { out } = await slabfuzz(...words);
    expect(out).toContain(`ci watched:${good}, quick`);
    expect(out).toContain(`slabfuzz ci --target watched:${good} --quick`);
  });
});

it("a token of another build is replayed, and a note tells so", async () => {
  const [build] = finding.token.split(":").slice(-2);
  expect((await slabfuzz("replay", finding.token)).error).not.toContain("was made on");
  const other = finding.token.replace(`:${build}:`, ":00000000:");
  const { out, error, code } = await slabfuzz("replay", other);
  expect(error).toContain("was made on another module, or by another slabfuzz");
  expect(out).toContain("not-zeroed: calloc gave a block that is not zero");
  expect(code ?? 0).toBe(0);
});

describe("a wrong target", () => {
  it.each([
    ["package.json", "is no WebAssembly module"],
    ["build/no-such-file.wasm", "no such file"],
    ["slub", "only the stores of a foreign target can be watched"],
  ])("is refused in one line: %s", async (target, why) => {
    const { code, error } = await slabfuzz("fuzz", "--target", target, "--instrument");
    expect(error.trimEnd().split("\n")).toHaveLength(1);
    expect(error).toContain(why);
    expect(code).toBe(2);
  });

  it("is refused in one line when it is part of a token that was cut", async () => {
    const { code, error } = await slabfuzz("replay", "sw1:tlsf::none:100:7");
    expect(error).toContain("is no token, it has 6 fields and not 9");
    expect(code).toBe(2);
  });
});
