// The oracle's own layout arithmetic against the tables that real kernels gave: the oracle
// and the core compute layouts in separate implementations.
import { describe, expect, it } from "vitest";
import { Letter, Profile } from "../../../src/abi.ts";
import { cacheAlignment, getOrder, kernelAlign, Layout } from "../../../src/slub/oracle/layout.ts";
import { lettersOfFlags } from "../../../src/slub/program/letters.ts";
import { type KernelName, loadArchive } from "../../recordings/archive.ts";

const PROFILES = {
  "v3.10": Profile.V310,
  "v6.1": Profile.V61,
  "v6.12": Profile.V612,
  "v7.3": Profile.V73,
};

const TABLES: readonly (readonly [KernelName, string, number, number])[] = [
  ["v3.10", "geometry-smp1", 1, 6267],
  ["v3.10", "geometry-smp2", 2, 6186],
  ["v3.10", "geometry-smp4", 4, 6298],
  ["v6.1", "geometry-up", 1, 6209],
  ["v6.1", "geometry-smp2", 2, 6195],
  ["v6.1", "geometry-smp4", 4, 6199],
  ["v6.12", "geometry-up", 1, 6140],
  ["v6.12", "geometry-smp4", 4, 6076],
  ["v7.3", "geometry-up", 1, 6140],
  ["v7.3", "geometry-smp4", 4, 6076],
];

describe("a layout", () => {
  it.each(TABLES)(
    "is the recorded one: %s %s for %d CPUs, all %d rows",
    (kernel, table, cpus, n) => {
      const rows = loadArchive(kernel)
        .geometry[table].split("\n")
        .filter((line) => /^\d/.test(line))
        .map((line) => line.split("\t"));
      const wrong = rows.filter((row) => measured(kernel, row, cpus) !== recorded(kernel, row));
      expect(wrong.slice(0, 3)).toEqual([]);
      expect(rows.length).toBe(n);
    },
  );

  it("has cells that end where the next red zone begins", () => {
    const layout = layoutOf(Letter.F | Letter.Z | Letter.P, 64);
    expect([layout.size, layout.redLeftPad, layout.cellEnd]).toEqual([96, 8, 88]);
    expect([layout.inuse, layout.offset, layout.infoEnd, layout.paddingStart]).toEqual([
      72, 72, 80, 80,
    ]);
  });

  it("grows by what a merge takes in, and no field moves", () => {
    const layout = layoutOf(Letter.H, 312);
    layout.takeIn(316);
    expect([layout.objectSize, layout.inuse, layout.size, layout.offset]).toEqual([
      316, 320, 320, 152,
    ]);
  });

  it("loses Z, P and U under O where they would raise the order", () => {
    const guarded = Letter.F | Letter.Z | Letter.P | Letter.U | Letter.ORDER_GUARD;
    expect(layoutOf(guarded, 4096).size).toBe(4096);
    expect(layoutOf(guarded, 64).size).toBe(160);
  });
});

describe("the alignment of a cache", () => {
  it("is half a cache line as long as two objects fit into one", () => {
    expect(cacheAlignment(Letter.H, 0, 33)).toBe(64);
    expect(cacheAlignment(Letter.H, 0, 32)).toBe(32);
    expect(cacheAlignment(Letter.H, 0, 3)).toBe(8);
  });

  it("is treated as the kernel treats it when it is no power of two", () => {
    expect(cacheAlignment(0, 20, 64)).toBe(24);
    expect(kernelAlign(64, 24)).toBe(64);
    expect(kernelAlign(72, 24)).toBe(72);
  });
});

it("the order of a slab is the smallest that holds the bytes", () => {
  expect([1, 4096, 4097, 8192, 8193, 32768].map(getOrder)).toEqual([0, 0, 1, 1, 2, 3]);
});

function layoutOf(letters: number, size: number): Layout {
  const layout = new Layout();
  layout.compute({ profile: Profile.V61, size, align: 0, letters, nrCpuIds: 1 });
  return layout;
}

/** size, inuse, offset, red_left_pad (not 3.10), align, order, objects; or FAILED. */
function recorded(kernel: KernelName, row: readonly string[]): string {
  return row[4] === "FAILED" ? "FAILED" : row.slice(4, kernel === "v3.10" ? 10 : 11).join(" ");
}

function measured(kernel: KernelName, row: readonly string[], nrCpuIds: number): string {
  const layout = new Layout();
  const letters = lettersOfFlags(row[2], row[3] === "1") | Letter.NOLEAKTRACE;
  const [size, align] = [Number(row[0]), Number(row[1])];
  const fits = layout.compute({ profile: PROFILES[kernel], size, align, letters, nrCpuIds });
  if (!fits) return "FAILED";
  const pad = kernel === "v3.10" ? [] : [layout.redLeftPad];
  const { inuse, offset, order, objects } = layout;
  return [layout.size, inuse, offset, ...pad, layout.align, order, objects].join(" ");
}
