// Names from outside, in what commands print: of files, of exports, of caches, in configs.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { junitOf } from "../../src/checks/output/junit.ts";
import { slabfuzz } from "../helper/command.ts";

/** What a name may try, and a part of how it is spelled out. */
const NAMES: readonly (readonly [string, string])[] = [
  ["x\n::error title=a::b", "x\\n::error"],
  ["::error title=a::b", "\\::error"],
  ["::stop-commands::x", "\\::stop"],
  ["x##[error]y", "x#\\#[error]y"],
  ["x\x1b[2J\x1b]0;title\x07y", "x\\x1b[2J\\x1b]0;title\\x07y"],
  ["x\ry", "x\\ry"],
  ["x\u202egnp.exe", "x\\u202egnp.exe"],
  ["x\u2028y", "x\\u2028y"],
  ["x\x9b31my", "x\\x9b31my"],
];

const home = process.cwd();
const folder = mkdtempSync(join(tmpdir(), "slabfuzz-names-"));
beforeAll(() => process.chdir(folder));
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

async function said(...words: string[]): Promise<string> {
  const { out, error } = await slabfuzz(...words);
  return out + error;
}

function expectHarmless(text: string): void {
  expect(text).not.toMatch(/[^\n\t\P{C}]|[\u2028\u2029]/u);
  expect(text).not.toMatch(/^\s*::|##\w*\[/m);
}

/** A module that exports a procedure under a name. */
function moduleExporting(name: string): Uint8Array {
  const bytes = new TextEncoder().encode(name);
  const exported = [1, bytes.length, ...bytes, 0, 0];
  return Uint8Array.of(
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[1, 4, 1, 0x60, 0, 0],
    ...[3, 2, 1, 0],
    ...[7, exported.length, ...exported],
    ...[10, 4, 1, 2, 0, 0x0b],
  );
}

describe.each(NAMES)("the name %j", (name, spelled) => {
  it("is spelled out in every complaint about a file of that name", async () => {
    for (const words of [
      ["replay", name],
      ["shrink", name],
      ["golden", "--file", name],
      ["fuzz", "--config", name],
      ["bench", "--compare", name],
      ["fuzz", "--bugs", name],
      ["geometry", "64", "--flags", name],
      [name],
    ]) {
      expectHarmless(await said(...words));
    }
    expect(await said("replay", name)).toContain(spelled);
  });

  it("is spelled out in lists and findings when a corpus program has it", async () => {
    const corpus = mkdtempSync("c-");
    writeFileSync(join(corpus, `${name}.slab`), "# expect: ok\ncache c 64 0 -\n");
    const listed = await said("corpus", "list", "--corpus", corpus);
    expectHarmless(listed);
    expect(listed).toContain(spelled);
    expectHarmless(await said("corpus", "list", "--json", "--corpus", corpus));
    writeFileSync(join(corpus, `${name}.slab`), "# expect: detected\ncache c 64 0 -\n");
    process.chdir(corpus);
    try {
      expectHarmless(await said("corpus", "list", "--corpus", "."));
      expectHarmless(await said("replay", `${name}.slab`));
    } finally {
      process.chdir(folder);
    }
  });

  it("is spelled out by every command that looks into modules when an export has it", async () => {
    writeFileSync("hostile.wasm", moduleExporting(name));
    expectHarmless(await said("targets", "inspect", "hostile.wasm"));
    expectHarmless(await said("targets", "inspect", "hostile.wasm", "--exports", `malloc=${name}`));
    expectHarmless(await said("fuzz", "--target", "hostile.wasm", "--cases", "1"));
  });

  it("is spelled out when it stands in a config", async () => {
    const config = { target: "slub", out: name, targets: { [name]: { file: name } } };
    for (const one of [config, { target: name }, { [name]: 1 }, { boot: name, out: name }]) {
      writeFileSync("c.json", JSON.stringify(one));
      expectHarmless(await said("fuzz", "--print-config", "--config", "c.json"));
      expectHarmless(await said("targets", "--config", "c.json"));
    }
  });
});

it("a name that a workflow would evaluate gets no workflow", async () => {
  for (const name of [`$${"{{ github.token }}.wasm"}`, "a\nb.wasm", "x\x1b[2J.wasm"]) {
    const { code, error } = await slabfuzz("init", "--target", name);
    expect([code, error.trim().split("\n").length]).toEqual([2, 1]);
  }
});

it("a name with a line break breaks no line of a report in XML", () => {
  const name = "x\n::error title=a::b";
  const check = { name, cases: 1, seconds: 0, failures: 0, unfinished: name };
  const section = { name: "corpus", seconds: 0, checks: [check] };
  const xml = junitOf({ target: name, seconds: 0, sections: [section] } as never, []);
  expectHarmless(xml);
  expect(xml).toContain('name="x\\n::error title=a::b"');
});

it("a harmless name stays as it is", async () => {
  mkdirSync("ein Ordner");
  writeFileSync("ein Ordner/naïve – 日本語.slab", "# expect: ok\ncache c 64 0 -\n");
  const text = await said("corpus", "list", "--corpus", "ein Ordner");
  expect(text).toBe("naïve – 日本語  ok  1 operation\n");
});
