// The oracle at the edges of memory: it has a verdict for each operation, wherever the bytes begin
// or end. A place is near an end of RAM, of its struct pages, of glob, of
// vglob, of a region, of the address space, and with the last slab at the very end of RAM.
import { describe, expect, it } from "vitest";
import { PAGE_SIZE, STRUCT_PAGE_SIZE } from "../../../src/abi.ts";
import { SlabHeap } from "../../../src/slub/core/heap.ts";
import { machineFor } from "../../../src/slub/program/boot.ts";
import { encode } from "../../../src/slub/program/encode.ts";
import { type Machine, pageOf, ramBase } from "../../../src/slub/program/machine.ts";
import { parseScript } from "../../../src/slub/program/text.ts";
import { Judge } from "../../../src/slub/run/judge.ts";
import { VERDICTS } from "../../../src/target/verdict.ts";

const PAGES = 2048;
const HEADER = `# phys: 0x1000 ${PAGES}\n`;
const REGION = "ffffc9000a000ff8";
const MACHINES = [
  { profile: "v3.10", boot: "v310", slubDebug: "-" },
  { profile: "v6.1", boot: "up", slubDebug: "-" },
  { profile: "v6.1", boot: "smph", slubDebug: "FZPU" },
  { profile: "v6.12", boot: "updl", slubDebug: "FZP" },
] as const;

/** The last slab lies in the last page of RAM. */
const SETTING = `cache c 40 0 -
cache d 1 0 -
alloc d x
nextpfn ${(0x1000 + PAGES - 1).toString(16)}
alloc c last
allocn c 90 n
kmalloc 40000 large
region r 0x${REGION} 4104
`;

/** One operation each at a place, with so many bytes. */
function operationsAt(place: string, length: number): readonly string[] {
  const bytes = "5a".repeat(length);
  return [
    `write ${place} 0 ${bytes}`,
    `fill ${place} 0 ${length} 00`,
    `read ${place} 0 ${length}`,
    `xor ${place} 0 ${bytes}`,
    `wptr ${place} 0 x`,
    `rptr ${place} 0`,
    `wfp c ${place} null`,
    `rfp c ${place}`,
    `free c ${place}`,
    `free d ${place}`,
    `freeoff c ${place} ${length}`,
    `bulkfree c x ${place}`,
    `kfree ${place}`,
    `krealloc ${place} ${length} k`,
    `ksize ${place}`,
    `kvalidate ${place}`,
    `listinit ${place}`,
    `listadd ${place} glob`,
    `listadd glob ${place}`,
    `listdel ${place}`,
  ];
}

/** First and last addresses of what is mapped, and where addresses wrap. */
function edgesOf(machine: Machine): readonly bigint[] {
  const ram = ramBase(machine);
  const ramEnd = ram + BigInt(PAGES * PAGE_SIZE);
  const pages = pageOf(machine, ram);
  return [
    ...[ram, ramEnd, pages, pages + BigInt(PAGES * STRUCT_PAGE_SIZE)],
    ...[machine.glob, machine.glob + 4096n, machine.vglob, machine.vglob + 4096n],
    ...[BigInt(`0x${REGION}`), BigInt(`0x${REGION}`) + 4104n],
    ...[0n, 0x100000000n, 0x800000000000n, 0xffff800000000000n, 1n << 64n],
  ];
}

const LENGTHS = [1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 64, 100, 255, 256];

/** Judges each script on its own; returns how often each verdict came, and what was thrown. */
function judgeAll(machine: Machine, scripts: readonly string[]): ReadonlyMap<string, number> {
  const heap = new SlabHeap();
  heap.configure(machine);
  const judge = new Judge(heap);
  const seen = new Map<string, number>();
  for (const script of scripts) {
    const result = judge.run(encode(parseScript(script, "edge.slab"), machine));
    judge.signatureOf(result);
    const { verdict } = result.judgement;
    seen.set(verdict, (seen.get(verdict) ?? 0) + 1);
  }
  return seen;
}

describe.each(MACHINES)("the machine $profile $boot under $slubDebug", (options) => {
  const machine = machineFor(parseScript(`${HEADER}info\n`, "edge.slab"), options);

  it("has a verdict for an operation at any edge", () => {
    const scripts = edgesOf(machine).flatMap((edge, i) =>
      [-257n, -256n, -17n, -9n, -8n, -7n, -1n, 0n, 1n, 8n].flatMap((distance, j) => {
        const address = BigInt.asUintN(64, edge + distance).toString(16);
        const length = LENGTHS[(3 * i + 5 * j) % LENGTHS.length];
        // Of the operations at a place every third one: all of them come by at every edge.
        const operations = operationsAt(`0x${address}`, length).filter((_, k) => (k + j) % 3 === 0);
        return operations.map((op) => `${HEADER}${SETTING}${op}\n`);
      }),
    );
    const seen = judgeAll(machine, scripts);
    expect([...seen.keys()].filter((verdict) => !VERDICTS.includes(verdict as never))).toEqual([]);
    expect([...seen.values()].reduce((sum, count) => sum + count, 0)).toBe(scripts.length);
    expect(seen.size).toBeGreaterThanOrEqual(3);
  });

  it("writes, reads and frees an object in the last page of RAM to its end", () => {
    const offsets = [-64, -8, 0, 8, 32, 39, 40, 48, 400, 4000, 4080, 4095];
    const scripts = offsets.flatMap((offset) =>
      LENGTHS.flatMap((length) =>
        operationsAt(offset < 0 ? `last${offset}` : `last+${offset}`, length).map(
          (op) => `${HEADER}${SETTING}${op.replace(/^xor last([+-]\d+) 0/, "xor last $1")}\n`,
        ),
      ),
    );
    const sample = scripts.filter((_, i) => i % 18 === 0);
    const seen = judgeAll(machine, sample);
    expect([...seen.values()].reduce((sum, count) => sum + count, 0)).toBe(sample.length);
  });
});
