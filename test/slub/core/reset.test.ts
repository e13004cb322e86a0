// A reset leaves no trace: after any program, the next program finds the same as on a new heap.
// Most programs here are wild, and write to all parts of memory.
//
//   SLABFUZZ_WILD=200000 npx vitest run test/slub/core/reset.test.ts     so many, not a few
import { describe, expect, it } from "vitest";
import { StressPlayer } from "../../../src/checks/golden/player.ts";
import type { StressSet } from "../../../src/checks/golden/sets.ts";
import { SlabHeap } from "../../../src/slub/core/heap.ts";
import { machineFor } from "../../../src/slub/program/boot.ts";
import { encode } from "../../../src/slub/program/encode.ts";
import { parseScript } from "../../../src/slub/program/text.ts";
import { BareHeap, visibleSpans } from "../../helper/bare_heap.ts";
import { wildProgram } from "../../helper/wild.ts";

const PROGRAMS = Number(process.env.SLABFUZZ_WILD ?? 4000);
const TIMEOUT_MS = 120_000 + PROGRAMS * 20;

const MACHINES = [
  { profile: "v6.1", boot: "up" },
  { profile: "v3.10", boot: "v310", cpus: 4 },
  { profile: "v6.12", boot: "smp" },
  { profile: "v6.1", boot: "smph", config: "+SLAB_FREELIST_RANDOM" },
  { profile: "v6.12", boot: "updl" },
  { profile: "v3.10", boot: "v310ndl" },
  { profile: "v7.3", boot: "up" },
  { profile: "v7.3", boot: "smp" },
] as const;
const LETTERS = ["-", "F", "FZPU", "P"];
/** The smallest memory, because all of it is compared. */
const SMALL = { basePfn: 0x1000, pages: 2048 };
const LARGER = { basePfn: 0x8400, pages: 4096 };

function setsOf(cases: number): readonly StressSet[] {
  return MACHINES.flatMap((machine, i) =>
    LETTERS.map((slubDebug, j) => ({
      name: `wild ${machine.profile} ${machine.boot} ${slubDebug}`,
      machine: { ...machine, slubDebug },
      phys: (i + j) % 4 === 3 ? LARGER : SMALL,
      author: wildProgram,
      cases,
    })),
  );
}

const CASES = Math.ceil(PROGRAMS / (MACHINES.length * LETTERS.length));
const players = setsOf(CASES).map((set) => new StressPlayer(set));

/** Answers by set and case. */
function answersOf(
  order: readonly StressPlayer[],
  backwards: boolean,
): ReadonlyMap<string, bigint> {
  const heap = new SlabHeap();
  const answers = new Map<string, bigint>();
  for (const player of order) {
    player.boot(heap);
    for (let i = 0; i < player.count; i++) {
      const number = backwards ? player.count - 1 - i : i;
      answers.set(`${player.name} ${number}`, player.answer(number));
    }
  }
  return answers;
}

const forwards = answersOf(players, false);

describe("a wild program", () => {
  it(
    "gets the same answer whatever ran before it on the heap",
    () => {
      const backwards = answersOf([...players].reverse(), true);
      const different = [...forwards].filter(([name, answer]) => backwards.get(name) !== answer);
      expect(different.map(([name]) => name)).toEqual([]);
      expect(forwards.size).toBeGreaterThanOrEqual(PROGRAMS);
    },
    TIMEOUT_MS,
  );

  it(
    "gets the same answer from a used heap as from a new one",
    () => {
      const different: string[] = [];
      for (const player of players) {
        for (let i = 0; i < player.count; i += 20) {
          player.boot(new SlabHeap());
          const name = `${player.name} ${i}`;
          if (player.answer(i) !== forwards.get(name)) different.push(name);
        }
      }
      expect(different).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it("takes the machine through all its deaths, and often survives", () => {
    expect(new Set(forwards.values()).size).toBeGreaterThan(PROGRAMS * 0.9);
  });
});

/** Runs some programs of each set, and asks about the heap when a reset has followed. */
function afterEach(heap: BareHeap, ask: (player: StressPlayer, number: number) => void): void {
  for (const player of players) {
    player.boot(heap);
    for (let i = 0; i < Math.min(player.count, 30); i++) {
      player.answer(i);
      heap.empty();
      ask(player, i);
    }
  }
}

/** A heap on which the machine of a player booted, and nothing ran. */
function freshHeap(player: StressPlayer): BareHeap {
  const heap = new BareHeap();
  player.boot(heap);
  heap.empty();
  return heap;
}

describe("a heap after a reset", () => {
  it("equals a new heap in every byte that a program can see", () => {
    const fresh = new Map(players.map((player) => [player, freshHeap(player)]));
    const left: string[] = [];
    const heap = new BareHeap();
    afterEach(heap, (player, i) => {
      const at = heap.firstDifference(fresh.get(player) as BareHeap);
      if (at !== undefined) left.push(`${player.name} ${i}: ${at}`);
    });
    expect(left).toEqual([]);
  });

  it("may differ from a new heap only in bytes that no program reads", () => {
    const fresh = new Map(players.map((player) => [player, freshHeap(player)]));
    const heap = new BareHeap();
    const different: string[] = [];
    let value = 1;
    afterEach(heap, (player, i) => {
      const other = fresh.get(player) as BareHeap;
      value = (value * 48271) % 0x7fffffff;
      for (const at of heap.differingStatics(other)) heap.views.u8[at] ^= value | 1;
      for (const name of heap.differingGlobals(other)) heap.spoilGlobal(name, value);
      const next = (i + 1) % player.count;
      const name = `${player.name} ${next}`;
      if (player.answer(next) !== forwards.get(name)) different.push(name);
    });
    expect(different).toEqual([]);
  });

  it("shows any byte that is left over", () => {
    const [player] = players;
    const fresh = freshHeap(player);
    const heap = freshHeap(player);
    expect(heap.firstDifference(fresh)).toBeUndefined();
    for (const { first, end } of visibleSpans(heap)) {
      for (const at of [first, (first + end) >>> 1, end - 1]) {
        heap.views.u8[at] ^= 0x10;
        expect(heap.firstDifference(fresh)).toBe(at);
        heap.views.u8[at] ^= 0x10;
      }
    }
  });

  it("shows any variable that is read and not made new", () => {
    const [player] = players;
    const heap = freshHeap(player);
    heap.spoilGlobal("assembly/slab/alloc/requested", 77);
    expect(player.answer(0)).toBe(forwards.get(`${player.name} 0`));
    heap.spoilGlobal("assembly/page/buddy/never_used", 77);
    heap.core.run_program(0, 0);
    expect(heap.differingGlobals(freshHeap(player))).toContain("assembly/page/buddy/never_used");
  });
});

/** What a script's only `rptr` answers. */
function pointerRead(heap: SlabHeap, script: string): bigint {
  const program = parseScript(script, "read.slab");
  const machine = machineFor(program);
  heap.configure(machine);
  heap.load(encode(program, machine));
  heap.reset();
  heap.run(0, program.ops.length);
  return heap.value(program.ops.length - 1);
}

it("the kernel's scratch lists are empty on the machine that boots after a shrink", () => {
  const heap = new SlabHeap();
  const read = "# phys: 0x20000 2048\nrptr 0xffff88802000a1eb 4\n";
  const expected = pointerRead(heap, read);
  pointerRead(heap, "cache q 192 0 FZP\nalloc q a\nshrink q\n");
  expect(pointerRead(heap, read)).toBe(expected);
  expect(pointerRead(new SlabHeap(), read)).toBe(expected);
});
