// The trace of a program for a module: its blocks, who wrote what, the mistake and the broken rule.
import { describe, expect, it } from "vitest";
import { programOfScript } from "../../src/targets/targets.ts";
import { Stepper } from "../../src/view/screen/stepper.ts";
import type { HeapBlock, Trace } from "../../src/view/trace.ts";
import { traceOf } from "../../src/view/trace_of.ts";
import { differencesAt, valueAt } from "./traced.ts";

/** Blocks of 24 bytes of tlsf lie 32 bytes apart: 8 bytes between them are its own. */
const BLOCKS = "# target: tlsf\n# bug: overflow-right\nalloc b0 24\nalloc b1 24\nalloc b2 24\n";
const MISTAKE = `${BLOCKS}write b0 20 16 65\nfree b2\nalloc b3 24\n`;

async function traced(text: string): Promise<Trace> {
  return await traceOf(await programOfScript({ name: "dir/m.slab", file: "m.slab", text }));
}

describe("the trace of a program for a module", () => {
  it("has each block with its place, since when it is alive or free", async () => {
    const trace = await traced(MISTAKE);
    expect(trace.source).toBe("m.slab");
    const blockAt = (op: number, slot: number) => valueAt(trace, op, `h${slot}`) as HeapBlock;
    const [[, , first], [, , second]] = [blockAt(2, 0), blockAt(2, 1)];
    expect(blockAt(2, 0)).toEqual(["L", "b0", first, 24, 0]);
    expect(second - first).toBe(32);
    expect(valueAt(trace, 1, "h2")).toBeUndefined();
    expect(blockAt(3, 2)[0]).toBe("L");
    expect(blockAt(4, 2)).toEqual(["F", "b2", blockAt(2, 2)[2], 24, 4]);
    // What was freed last is what comes next.
    expect(blockAt(5, 3)[2]).toBe(blockAt(4, 2)[2]);
    const address = Number.parseInt(trace.blocks[0].address, 16) + first;
    expect(trace.ops[0].says).toContain(`b0: it is 0x${address.toString(16)}..`);
  });

  it("names the bytes that a mistake changed, and whose they are", async () => {
    const trace = await traced(MISTAKE);
    const [, , first] = valueAt(trace, 2, "h0") as HeapBlock;
    expect(
      trace.damages.map(({ op, length, first: at, owner }) => [op, length, at, owner]),
    ).toEqual([
      [3, 8, first + 24, "the module"],
      [3, 4, first + 32, "b1, which is alive"],
    ]);
    expect(trace.ops[3].says).toMatch(
      /^writes 16 bytes from b0\+20 on, which has 24: .* 4 bytes of b1/,
    );
    expect([trace.jumps.mistake, trace.jumps.damage]).toEqual([3, 3]);
  });

  it("tells bytes that the program wrote from those of the module", async () => {
    const trace = await traced(MISTAKE);
    const [, , first] = valueAt(trace, 0, "h0") as HeapBlock;
    const byRole = (role: string) =>
      (trace.deltas[0].mem ?? []).filter((patch) => trace.roles[patch[3]] === role);
    expect(byRole("program").length).toBeGreaterThan(0);
    expect(byRole("program").every(([, at]) => at >= first && at < first + 24)).toBe(true);
    expect(byRole("module").every(([, at]) => at < first || at >= first + 24)).toBe(true);
    expect(byRole("module").length).toBeGreaterThan(0);
  });

  it("says which rule was broken, from the operation on that shows it", async () => {
    const trace = await traced(MISTAKE.replace("free b2", "free b1"));
    const { report = -1 } = trace.jumps;
    expect(report).toBeGreaterThan(3);
    expect(differencesAt(trace, report - 1)).toEqual([]);
    expect(differencesAt(trace, report)[0]).toMatch(/^[a-z-]+: /);
    expect(trace.ops[report].kernel.join("\n")).toContain(differencesAt(trace, report)[0]);
  });

  it("has no damage, no mistake and no broken rule without one", async () => {
    const trace = await traced(MISTAKE.replace("write b0 20 16 65\n", ""));
    expect([trace.verdict, trace.damages, trace.jumps]).toEqual(["ok", [], {}]);
    expect(differencesAt(trace, trace.ops.length - 1)).toEqual([]);
  });

  it("says that an operation without a block does nothing", async () => {
    const trace = await traced(`${BLOCKS}free b9\n`);
    expect(trace.ops[3].says).toBe("does nothing: there is no such block as b9");
  });

  it("refuses options of a kernel in one sentence", async () => {
    const program = await programOfScript({ name: "m", file: "m", text: MISTAKE });
    await expect(traceOf(program, { slubDebug: "FZ" })).rejects.toThrow(
      /^m: is a program of a foreign module, slubDebug says nothing about it$/,
    );
  });

  it("shows at a terminal a line for each block, with the damage in it", async () => {
    const stepper = new Stepper(await traced(MISTAKE));
    for (const text of "nnn") stepper.press({ name: text, text });
    const screen = stepper.screen({ columns: 80, rows: 24 }, (_, text) => text).join("\n");
    expect(screen).toMatch(/^ +b0 L +\.{24} +0x[0-9a-f]+, 24 bytes, alive since op 0$/m);
    expect(screen).toMatch(/^ +b1 D +X{4}\.{20} /m);
    expect(screen).toContain("changes 4 bytes of b1, which is alive");
  });
});
