// What comparisons in a target suggest, and how programs change: a number becomes what it was
// compared with, a mistake outlives changes, and changed programs get their part of the operations.
import { describe, expect, it } from "vitest";
import { Prng } from "../../src/base/prng.ts";
import { comparedOp } from "../../src/search/compared.ts";
import { CaseMaker } from "../../src/search/guided_case.ts";
import { SourceShare } from "../../src/search/source_share.ts";
import { slubPrograms } from "../../src/slub/guided.ts";
import { slubTarget } from "../../src/slub/kind.ts";
import { parseScript } from "../../src/slub/program/text.ts";
import { parseBugs } from "../../src/target/bug_names.ts";
import { CompareLog, takeCompares } from "../../src/wasm/compare_log.ts";
import { withProbes } from "../../src/wasm/probe.ts";
import { compileScript } from "../../src/wasm/toolchain.ts";
import { WasmFile } from "../../src/wasm/wasm_file.ts";
import "../../src/targets/core_files.ts";

const SEED = { high: 0, low: 7 };
const NOTHING_COMPARED = () => new Int32Array(0);

const programsFor = (bugs: string) =>
  slubPrograms(
    slubTarget({ seed: 7n, bugs: parseBugs(bugs), machine: { slubDebug: "FZP" } }).options,
  );

describe("a compare log", () => {
  const source = "export function asked(value: i32): i32 { return value == 4711 ? 1 : 2; }";
  const file = new WasmFile(compileScript("asked", source, ["-O3", "--runtime", "stub"]));
  const log = new CompareLog(file);
  const module = new WebAssembly.Module(withProbes(file, [log.instrument]));
  const { exports } = new WebAssembly.Instance(module);
  const asked = exports["asked"] as (value: number) => number;

  it("keeps the operands of a comparison, and leaves its result as it is", () => {
    expect(asked(12)).toBe(2);
    expect([...takeCompares(exports, log.sites)].sort()).toEqual([12, 4711]);
    expect(asked(4711)).toBe(1);
  });

  it("says nothing of equal operands, nor of a run before the last", () => {
    asked(12);
    takeCompares(exports, log.sites);
    asked(4711);
    expect(takeCompares(exports, log.sites)).toHaveLength(0);
  });
});

describe("a number of a program", () => {
  const { ops } = parseScript("cache c 100 0 -\nalloc c a\nfree c a\n", "x.slab");

  it("becomes what it was compared with, rounded as it was", () => {
    const programs = programsFor("none");
    const sizes = new Set<unknown>();
    const prng = new Prng(SEED);
    for (let i = 0; i < 100; i++) {
      // A size of 100 is 104 when it is compared with 192: 188 would be 192, too.
      const found = comparedOp(programs, ops, Int32Array.of(104, 192), prng);
      expect(found).toMatchObject({ at: 0 });
      sizes.add((found as { op: { size: number } }).op.size);
    }
    expect([...sizes].sort()).toEqual([187, 188, 189]);
  });

  it("stays as it is where it was compared with nothing", () => {
    const pairs = Int32Array.of(4711, 4712);
    expect(comparedOp(programsFor("none"), ops, pairs, new Prng(SEED))).toBeUndefined();
  });
});

describe("a changed program", () => {
  const programs = programsFor("write-after-free");
  const maker = new CaseMaker(programs, SEED, NOTHING_COMPARED);
  const mistaken = Array.from({ length: 40 }, (_, number) => programs.generate(number)).filter(
    (ops) => programs.mistakesOf(programs.opened(ops)).length > 0,
  );

  it("mostly has a mistake where the program had one that it came from", () => {
    expect(mistaken.length).toBeGreaterThan(10);
    const changed = mistaken.map((ops, number) =>
      maker.make({ number, source: { kind: "mutated", ops, other: mistaken[0] } }),
    );
    const kept = changed.filter((ops) => programs.mistakesOf(ops).length > 0);
    expect(kept.length).toBeGreaterThan(0.75 * changed.length);
  });

  it("has none where programs are to have none", () => {
    const clean = programsFor("none");
    const cleanMaker = new CaseMaker(clean, SEED, NOTHING_COMPARED);
    const [ops, other] = mistaken;
    const repaired = cleanMaker.make({ number: 1, source: { kind: "mutated", ops, other } });
    expect(programs.mistakesOf(repaired)).toEqual([]);
  });
});

describe("the share of changed programs", () => {
  it("is a third of the operations, though they are four times as long", () => {
    const share = new SourceShare();
    const prng = new Prng(SEED);
    const operations = { generated: 0, mutated: 0 };
    for (let i = 0; i < 20_000; i++) {
      const isMutated = share.choosesMutated(prng);
      const length = isMutated ? 400 : 100;
      share.add(isMutated, length);
      operations[isMutated ? "mutated" : "generated"] += length;
    }
    const { generated, mutated } = operations;
    expect(mutated / (generated + mutated)).toBeCloseTo(1 / 3, 1);
  });
});
