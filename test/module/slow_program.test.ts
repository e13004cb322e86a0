// Programs whose loops all have an end, and make many turns all the same: a program may make so
// many in all, and one that would make more ends early. Nobody is blamed for that.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ForeignEngine } from "../../src/module/engine.ts";
import { loadForeign } from "../../src/module/load/load.ts";
import { type ForeignOp, imageOf } from "../../src/module/program/op.ts";
import { bumpModule } from "../helper/bump_module.ts";

const TURNS = 1000;
/** Operations between two looks at what loops did. */
const LOOK = 64;

const folder = mkdtempSync(join(tmpdir(), "slabfuzz-slow-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Each malloc makes its turns; blocks lie one after the other. */
const WORK = `(loop $l (local.set $p (i32.add (local.get $p) (i32.const 1)))
  (br_if $l (i32.lt_u (local.get $p) (i32.const ${TURNS}))))`;
const RIGHT = modulePath("slow", WORK);
/** All blocks are one. */
const FAULTY = modulePath("faulty", `${WORK} (return (i32.const 65536))`);

function modulePath(name: string, work: string): string {
  const path = join(folder, `${name}.wasm`);
  writeFileSync(path, bumpModule(work));
  return path;
}

function engine(turnsMax?: number, target = RIGHT): ForeignEngine {
  const { module, plan } = loadForeign({ target });
  const shape = { bugs: ["none" as const], twins: false, sizes: undefined, opCountMax: 100 };
  const made = new ForeignEngine({ module, plan }, { ...shape, seed: { high: 0, low: 1 } });
  if (turnsMax !== undefined) made.judge.turns.max = turnsMax;
  return made;
}

const allocs = (count: number): readonly ForeignOp[] =>
  Array.from({ length: count }, (_, slot) => ({ op: "alloc", slot, a: 24, b: 0, c: 0 }));

describe("a program whose loops make too many turns", () => {
  it("ends where that is seen, with a verdict of ok", () => {
    const slow = engine(LOOK * TURNS - 1);
    const { ran } = slow.runProgram(imageOf(allocs(3 * LOOK)), "none");
    expect([ran, slow.verdict]).toEqual([LOOK + 1, "ok"]);
  });

  it("is found at fault for what it did before", () => {
    const slow = engine(LOOK * TURNS - 1, FAULTY);
    const { violation, ran } = slow.runProgram(imageOf(allocs(3 * LOOK)), "none");
    expect([violation?.rule, ran]).toEqual(["handed-out-twice", 2]);
  });

  it("runs to its end where it may make them", () => {
    for (const turnsMax of [3 * LOOK * TURNS, undefined]) {
      const slow = engine(turnsMax);
      const { ran } = slow.runProgram(imageOf(allocs(3 * LOOK)), "none");
      expect([ran, slow.verdict]).toEqual([3 * LOOK, "ok"]);
    }
  });

  it("has all its turns anew, whatever the program before it did", () => {
    const slow = engine(3 * LOOK * TURNS);
    const runs = [0, 1, 2].map(() => slow.runProgram(imageOf(allocs(3 * LOOK)), "none").ran);
    expect(runs).toEqual([3 * LOOK, 3 * LOOK, 3 * LOOK]);
  });
});
