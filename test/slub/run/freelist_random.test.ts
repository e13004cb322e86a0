// CONFIG_SLAB_FREELIST_RANDOM: a cache has one permutation of its object numbers, drawn from the
// seed; each of its slabs hands them out in that order, beginning somewhere else.
import { describe, expect, it } from "vitest";
import { SlabHeap } from "../../../src/slub/core/heap.ts";
import { machineFor } from "../../../src/slub/program/boot.ts";
import { parseScript } from "../../../src/slub/program/text.ts";
import { replay } from "../../../src/slub/run/replay.ts";
import type { MachineOverrides } from "../../../src/target/options.ts";

const heap = new SlabHeap();
const CONFIG = "# boot: up\n# config: +SLAB_FREELIST_RANDOM\n";
const seeded = (seed: number): string => `${CONFIG}# seed: 0x${seed.toString(16)}\n`;

function lastResult(script: string, overrides: MachineOverrides = {}): string {
  const program = parseScript(script, "random.slab");
  const steps = [...replay(program, machineFor(program, overrides), { heap })];
  return steps.at(-1)?.result ?? "";
}

/** Objects in the order in which they were handed out: slab by slab, their numbers. */
function handedOut(result: string): number[][] {
  const slabs: number[][] = [];
  for (const [, slab, object] of result.matchAll(/\/s(\d+) o(\d+) /g)) {
    slabs[Number(slab)] ??= [];
    slabs[Number(slab)].push(Number(object));
  }
  return slabs;
}

/** 1024-byte objects: 8 to a slab of this machine. */
const FOUR_SLABS = "cache c 1024 0 -\nallocn c 32 p\n";
const IN_ORDER = [0, 1, 2, 3, 4, 5, 6, 7];
const sorted = (numbers: readonly number[]): number[] => [...numbers].sort((a, b) => a - b);
const rotations = (order: readonly number[]): string[] =>
  order.map((_, i) => [...order.slice(i), ...order.slice(0, i)].join());

describe.each(["v6.1", "v6.12"])("a random free list on %s:", (profile) => {
  const order = (seed: number, script = FOUR_SLABS) =>
    handedOut(lastResult(seeded(seed) + script, { profile }));

  it("every object is handed out once", () => {
    const slabs = order(1);
    expect(slabs.map(sorted)).toEqual([IN_ORDER, IN_ORDER, IN_ORDER, IN_ORDER]);
    expect(slabs[0]).not.toEqual(IN_ORDER);
  });

  it("the same seed gives the same order, another seed another", () => {
    expect(order(1)).toEqual(order(1));
    const orders = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => order(seed)[0].join());
    expect(new Set(orders).size).toBe(8);
  });

  it("all slabs of a cache have one permutation, and not all begin at the same place", () => {
    const slabs = order(1).map((numbers) => numbers.join());
    const turned = rotations(order(1)[0]);
    expect(slabs.every((numbers) => turned.includes(numbers))).toBe(true);
    expect(new Set(slabs).size).toBeGreaterThan(1);
  });

  it("a slab of the smaller order leaves out the objects that it lacks", () => {
    const program = parseScript(`${seeded(1)}cache c 1024 0 -\nallocn c 900 p\n`, "random.slab");
    // One page remains when no block of two is left.
    const machine = { ...machineFor(program, { profile }), physPages: 257 };
    const slabs = handedOut([...replay(program, machine, { heap })].at(-1)?.result ?? "");
    expect(slabs.map(({ length }) => length)).toEqual([...new Array(112).fill(8), 4]);
    const small = rotations(slabs[0].filter((number) => number < 4));
    expect(small).toContain(slabs[112].join());
  });

  it("two caches have different permutations", () => {
    const second = order(1, `cache b 1024 0 -\nalloc b q\n${FOUR_SLABS}`)[0].join();
    expect(rotations(order(1)[0])).not.toContain(second);
  });

  it("debug caches are shuffled, too, and pass every check", () => {
    const script = "cache c 1024 0 FZPU\nallocn c 32 p\n";
    const slabs = order(1, script);
    expect(slabs.flat()).toHaveLength(32);
    expect(sorted(slabs[0])).not.toEqual(slabs[0]);
    const program = parseScript(`${seeded(1)}${script}freen c 32 p\nvalidate c\n`, "random.slab");
    const steps = [...replay(program, machineFor(program, { profile }), { heap })];
    expect(steps.flatMap(({ events }) => events)).toEqual([]);
  });

  it("a freed object comes back as ever, last first", () => {
    const script = `${FOUR_SLABS}free c p25\nfree c p30\nallocn c 2 q\n`;
    const all = order(1)[3];
    expect(handedOut(lastResult(seeded(1) + script, { profile }))[3]).toEqual([all[6], all[1]]);
  });
});

it("the order of objects does not depend on the seed without the option", () => {
  expect(handedOut(lastResult(`# boot: up\n# seed: 0x7\n${FOUR_SLABS}`))).toEqual([
    IN_ORDER,
    IN_ORDER,
    IN_ORDER,
    IN_ORDER,
  ]);
});

it("a slab of one object is not shuffled", () => {
  // 32 KiB is one object of the largest order that a slab has.
  expect(lastResult(`${seeded(1)}cache c 32768 0 -\nallocn c 2 p\n`)).toBe(
    "c/s0 o0 off=0 new; c/s1 o0 off=0 new",
  );
});

it("3.10 does not know the option", () => {
  expect(() => lastResult("# boot: v310\n# config: +SLAB_FREELIST_RANDOM\ninfo\n")).toThrow(
    /v3\.10 can switch/,
  );
});
