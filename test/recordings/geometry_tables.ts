// The tables of object layouts that real kernels gave, each with the machine it was made on.
import { measureCache } from "../../src/slub/core/geometry.ts";
import { SlabHeap } from "../../src/slub/core/heap.ts";
import { resolveMachine } from "../../src/slub/program/boot.ts";
import { parseGeometryTable, printRow } from "../../src/slub/words/geometry.ts";
import { type KernelName, loadArchive } from "./archive.ts";

export interface GeometryTable {
  readonly kernel: KernelName;
  readonly table: string;
  readonly boot: string;
  readonly cpus: number;
  /** Rows that it has. */
  readonly rows: number;
}

export const GEOMETRY_TABLES: readonly GeometryTable[] = [
  { kernel: "v3.10", table: "geometry-smp1", boot: "v310", cpus: 1, rows: 6267 },
  { kernel: "v3.10", table: "geometry-smp2", boot: "v310", cpus: 2, rows: 6186 },
  { kernel: "v3.10", table: "geometry-smp4", boot: "v310", cpus: 4, rows: 6298 },
  { kernel: "v6.1", table: "geometry-up", boot: "up", cpus: 1, rows: 6209 },
  { kernel: "v6.1", table: "geometry-smp1", boot: "smp", cpus: 1, rows: 6137 },
  { kernel: "v6.1", table: "geometry-smp2", boot: "smp", cpus: 2, rows: 6195 },
  { kernel: "v6.1", table: "geometry-smp4", boot: "smp", cpus: 4, rows: 6199 },
  { kernel: "v6.12", table: "geometry-up", boot: "up", cpus: 1, rows: 6140 },
  { kernel: "v6.12", table: "geometry-smp4", boot: "smp", cpus: 4, rows: 6076 },
  { kernel: "v7.3", table: "geometry-up", boot: "up", cpus: 1, rows: 6140 },
  { kernel: "v7.3", table: "geometry-smp1", boot: "smp", cpus: 1, rows: 6137 },
  { kernel: "v7.3", table: "geometry-smp2", boot: "smp", cpus: 2, rows: 6195 },
  { kernel: "v7.3", table: "geometry-smp4", boot: "smp", cpus: 4, rows: 6076 },
];

/** A row that differs. */
export interface DifferentRow {
  readonly recorded: string | undefined;
  readonly measured: string;
}

export interface MeasuredTable {
  readonly rows: number;
  readonly differing: readonly DifferentRow[];
}

/** Measures every row of a table. */
export function measureTable({ kernel, table, boot, cpus }: GeometryTable): MeasuredTable {
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
  return { rows: rows.length, differing };
}
