// The tables of object layouts that real kernels gave, row by row.
import { expect, test } from "vitest";
import { resolveMachine } from "../../src/program/boot.ts";
import { parseGeometryTable, printRow } from "../../src/report/geometry.ts";
import { measureCache } from "../../src/wasm/geometry.ts";
import { SlabHeap } from "../../src/wasm/heap.ts";
import { type KernelName, loadArchive } from "./archive.ts";

/** Each table, the machine it was made on, and how many rows it has. */
const TABLES: readonly (readonly [KernelName, string, string, number, number])[] = [
  ["v3.10", "geometry-smp1", "v310", 1, 6267],
  ["v3.10", "geometry-smp2", "v310", 2, 6186],
  ["v3.10", "geometry-smp4", "v310", 4, 6298],
  ["v6.1", "geometry-up", "up", 1, 6209],
  ["v6.1", "geometry-smp1", "smp", 1, 6137],
  ["v6.1", "geometry-smp2", "smp", 2, 6195],
  ["v6.1", "geometry-smp4", "smp", 4, 6199],
  ["v6.12", "geometry-up", "up", 1, 6140],
  ["v6.12", "geometry-smp4", "smp", 4, 6076],
];

test.each(TABLES)(
  "%s %s: every row is what %s with %d CPUs gave",
  (kernel, table, boot, cpus, n) => {
    const text = loadArchive(kernel).geometry[table];
    const machine = resolveMachine({ comments: [] }, { profile: kernel, boot, cpus });
    const heap = new SlabHeap();
    heap.configure(machine);
    const rows = parseGeometryTable(text, table).filter((line) => line.kind === "row");
    const recorded = text.split("\n").filter((line) => /^\d/.test(line));
    const differing = rows.flatMap((row, i) => {
      const measured = printRow(machine, row, measureCache(heap, row.form));
      return measured === recorded[i] ? [] : [{ recorded: recorded[i], measured }];
    });
    expect(differing.slice(0, 5)).toEqual([]);
    expect(rows.length).toBe(n);
  },
  60_000,
);
