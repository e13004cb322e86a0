// How much a module may do and how large its memory may become: said by a request, told again by
// tokens, scripts and lines to paste, and kept.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadForeign } from "../../src/module/load/load.ts";
import { parseForeign, printForeign } from "../../src/module/program/text.ts";
import { moduleToken, parseModuleToken } from "../../src/module/token.ts";
import { programOfScript, programOfToken, targetFor } from "../../src/targets/targets.ts";
import { bumpModule } from "../helper/bump_module.ts";
import { slabfuzz } from "../helper/command.ts";
import { plantedModule } from "./planted.ts";

const MIB = 2 ** 20;
const folder = mkdtempSync(join(tmpdir(), "slabfuzz-limits-"));
afterAll(() => rmSync(folder, { recursive: true }));

function modulePath(name: string, bytes: Uint8Array): string {
  const path = join(folder, `${name}.wasm`);
  writeFileSync(path, bytes);
  return path;
}

/** Makes so many turns at each malloc. */
function turning(turns: number): string {
  const work = `(loop $l (local.set $p (i32.add (local.get $p) (i32.const 1)))
    (br_if $l (i32.lt_u (local.get $p) (i32.const ${turns}))))`;
  return modulePath(`turns-${turns}`, bumpModule(work));
}

const SCRIPT = (target: string, header = "") => `# target: ${target}\n${header}alloc b0 24\n`;

describe("fuel of a module", () => {
  it("decides which loop has no end", async () => {
    const target = turning(5_000_000);
    const judged = async (fuel: number) => {
      const text = SCRIPT(target, `# fuel: ${fuel}\n`);
      const program = await programOfScript({ name: "p", file: "p", text });
      return (await program.judge()).verdict;
    };
    expect(await judged(20_000_000)).toBe("ok");
    await expect(judged(4_000_000)).rejects.toThrow(/gives nothing.*a loop of it does not end$/);
  });

  it("holds for a start function, too", async () => {
    const start = `(start $s) (func $s (local $i i32) (loop $l
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $l (i32.lt_u (local.get $i) (i32.const 2000000)))))`;
    const target = modulePath("starts", bumpModule("", start));
    const prepared = async (fuel: number) => (await targetFor({ target, fuel })).prepare();
    await prepared(3_000_000);
    await expect(prepared(1_000_000)).rejects.toThrow(/starts\.wasm: cannot be started/);
  });
});

describe("memory of a module", () => {
  it("ends where a request says", async () => {
    const target = plantedModule("none");
    const room = async (memory?: number) => {
      const asked = await targetFor({ target, memory });
      await asked.prepare();
      return (asked.text.placeRecord as { room: number }).room;
    };
    const [usual, little, much] = [await room(), await room(8 * MIB), await room(96 * MIB)];
    expect(little).toBeLessThan(8 * MIB);
    expect(little).toBeGreaterThan(4 * MIB);
    expect(usual).toBeGreaterThan(little);
    expect(much).toBeGreaterThan(usual);
    expect(much).toBeLessThan(96 * MIB);
  });

  it("cannot be less than what the module begins with", async () => {
    const target = modulePath("large", bumpModule());
    const sentence = "large.wasm: begins with a memory of 64MiB, 32MiB are allowed";
    await expect(targetFor({ target, memory: 32 * MIB })).rejects.toThrow(sentence);
    await expect(targetFor({ target, memory: 64 * MIB })).resolves.toBeDefined();
  });
});

describe("a limit of a request", () => {
  const limits = { fuel: 3_000_000, memory: 128 * MIB };

  it("stands in a token, a script and the line to repeat, and else nowhere", async () => {
    const target = plantedModule("none");
    const { options, text } = (await targetFor({ target, seed: 1n, ...limits })) as never as {
      options: Parameters<typeof moduleToken>[0]["options"];
      text: { words: readonly string[] };
    };
    const token = moduleToken({ options, caseNumber: 3, build: "00000000", program: "00000000" });
    expect(parseModuleToken(token).options).toEqual(options);
    expect(options).toMatchObject(limits);
    expect(text.words.join(" ")).toContain("--fuel 3000000 --memory 128MiB");
    const script = SCRIPT(target, "# fuel: 3000000\n# memory: 128MiB\n");
    const program = parseForeign(script, "p");
    expect(program.choice).toEqual({ target, ...limits });
    expect(printForeign(program)).toBe(script);
    expect(printForeign(parseForeign(SCRIPT(target), "p"))).toBe(SCRIPT(target));
    expect((await targetFor({ target, seed: 1n })).text.words.join(" ")).not.toMatch(/fuel|memory/);
  });

  it("makes another build, and leaves the usual one as it was", () => {
    const target = plantedModule("none");
    const builds = [{}, { fuel: 3_000_000 }, { memory: 4 * MIB }].map((one) => {
      return loadForeign({ target, ...one }).build;
    });
    expect(new Set(builds).size).toBe(3);
    expect(loadForeign({ target, fuel: undefined }).build).toBe(builds[0]);
  });

  it("gives way to another one that a program is told, as a script and as a token", async () => {
    const target = plantedModule("none");
    const told = { memory: 128 * MIB };
    const text = SCRIPT(target, "# fuel: 5000000\n");
    const script = await programOfScript({ name: "p", file: "p", text, limits: told });
    expect(script.script).toContain("# fuel: 5000000\n# memory: 128MiB\n");
    const bad = plantedModule("calloc does not clear");
    const words = ["fuzz", "--target", bad, "--seed", "7", "--cases", "12", "--fuel", "5000000"];
    const out = join(folder, "findings");
    const { findings } = JSON.parse((await slabfuzz(...words, "--out", out, "--json")).out);
    const [own, other] = [await programOfToken(findings[0].token)].concat(
      await programOfToken(findings[0].token, { fuel: 9_000_000 }),
    );
    const limitsOf = (program: string) => /# fuel: \d+/.exec(program)?.[0];
    expect([own, other].map(({ script: one }) => limitsOf(one))).toEqual([
      "# fuel: 5000000",
      "# fuel: 9000000",
    ]);
    const operations = (program: string) => program.replace(/^#.*\n/gm, "");
    expect(operations(other.script)).toBe(operations(own.script));
  });

  it.each([
    [{ fuel: 5_000_000 }, "slub: is no foreign target, fuel says nothing about it"],
    [{ memory: MIB }, "slub: is no foreign target, memory says nothing about it"],
  ])("is refused for a core: %j", async (said, sentence) => {
    await expect(targetFor({ target: "slub", ...said })).rejects.toThrow(sentence);
    const text = "cache c 64 0 -\n";
    const source = { name: "p", file: "p", text, limits: said };
    await expect(programOfScript(source)).rejects.toThrow(/^p: is no foreign target/);
  });

  it.each([
    ["# fuel: 5\n", 'p: "# fuel: 5" must be a whole number from 1000000 to 2000000000'],
    ["# memory: 64\n", 'p: "# memory: 64" must be a size such as 64MiB'],
    ["# memory: 65KiB\n", 'p: "# memory: 65KiB" must be whole pages of 64KiB'],
    ["# memory: 5GiB\n", 'p: "# memory: 5GiB" must be whole pages of 64KiB, and 4GiB at most'],
  ])("is refused where it makes no sense: %j", (header, sentence) => {
    expect(() => parseForeign(SCRIPT("x", header), "p")).toThrow(sentence);
  });
});

it("a check of a package keeps its footprint within the time that it was given", async () => {
  const footprintOf = async (target: string) => {
    const words = ["targets", "check", target, "--seed", "1", "--time", "400ms", "--json"];
    return JSON.parse((await slabfuzz(...words)).out).modules[0].footprint;
  };
  expect(await footprintOf(turning(300_000))).toBeUndefined();
  expect((await footprintOf(turning(1))).waste.length).toBeGreaterThan(0);
});
