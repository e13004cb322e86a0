// Watched stores: a module that writes into a live block is reported even if it restores the block,
// and a module that writes only to its own data passes.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { ForeignEngine } from "../../src/module/engine.ts";
import { loadForeign } from "../../src/module/load/load.ts";
import { replayForeign } from "../../src/module/replay.ts";
import { compileScript, WATCHED } from "../../src/wasm/toolchain.ts";

const CASES = 20;
const folder = mkdtempSync(join(tmpdir(), "slabfuzz-watch-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Blocks one behind the other; `last` is the youngest. It never gives any back. */
const SOURCE = `
let top: usize = (__heap_base + 15) & ~7;
let last: usize = 0;

export function malloc(size: u32): usize {
  if (size > 0x100000) return 0;
  const block = top + 8;
  top = block + ((size + 8) & ~7);
  const have = <usize>memory.size() << 16;
  if (top > have && memory.grow(<i32>((top - have + 0xffff) >> 16)) < 0) return 0;
  if (last != 0) {
    const place = last - PLACE;
    const before = load<u32>(place);
    store<u32>(place, size);
    store<u32>(place, before);
  }
  last = block;
  return block;
}

export function free(block: usize): void {
  if (block == last) last = 0;
}
`;

/** `place`: how many bytes before the last block the module writes: 0 is its payload. */
function moduleThatWritesAt(name: string, place: number): string {
  const path = join(folder, `${name}.wasm`);
  const source = SOURCE.replaceAll("PLACE", String(place));
  writeFileSync(path, compileScript(name, source, ["-O2", "--runtime", "stub", "--exportRuntime"]));
  return path;
}

function engineFor(target: string): ForeignEngine {
  const { module, plan } = loadForeign({ target });
  const shape = { bugs: ["none" as const], twins: false, sizes: undefined, opCountMax: 200 };
  return new ForeignEngine({ module, plan }, { ...shape, seed: { high: 0, low: 7 } });
}

/** Verdicts and rules of some cases. */
function judged(target: string): readonly (string | undefined)[] {
  const engine = engineFor(target);
  return Array.from({ length: CASES }, (_, number) => {
    engine.run(number);
    expect(engine.error).toBeUndefined();
    return engine.outcome?.violation?.rule;
  });
}

/** The module never reuses memory, which other rules report. */
const ITS_OWN = [undefined, "not-reused", "refused"];

it("a module that writes into a block, and restores it, is found only by watched stores", () => {
  const path = moduleThatWritesAt("scribbles", 0);
  for (const rule of judged(path)) expect(ITS_OWN).toContain(rule);
  expect(judged(WATCHED + path)).toContain("stored-into-block");
});

it("a report about a watched store tells which block was written, and when", () => {
  const target = WATCHED + moduleThatWritesAt("tells", 0);
  const ops = (["b0", "b1", "b2"] as const).map((_, slot) => {
    return { op: "alloc" as const, slot, a: 24, b: 0, c: 0 };
  });
  const program = { choice: { target }, bug: "none", comments: [], ops };
  const { explanation, verdict } = replayForeign(engineFor(target), program);
  expect(verdict).toBe("invariant");
  expect(explanation.slice(0, 2)).toEqual([
    "stored-into-block: the module itself wrote into a live block (seen where stores are watched)",
    "  at op 1: alloc b1 24",
  ]);
  expect(explanation.join("\n")).toMatch(/it wrote byte 0 of it.*\n {2}the block is b0 at /);
});

it("a module that writes beside its blocks passes", () => {
  const path = moduleThatWritesAt("beside", 8);
  for (const rule of judged(WATCHED + path)) expect(ITS_OWN).toContain(rule);
});

it("the allocator of AssemblyScript writes only to its own memory", () => {
  expect(new Set(judged(`${WATCHED}tlsf`))).toEqual(new Set([undefined]));
});
