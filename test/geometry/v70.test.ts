// Layouts and slab orders of 7.0 agree with the reference's tables. They show that a profile is a
// column of choices. No real 7.0 kernel was recorded.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { measureCache } from "../../src/slub/core/geometry.ts";
import { SlabHeap } from "../../src/slub/core/heap.ts";
import { resolveMachine } from "../../src/slub/program/boot.ts";

const [header, ...rows] = readFileSync(new URL("v7.0.tsv", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => line.split("\t"));

function column(row: readonly string[], name: string): number {
  return Number(row[header.indexOf(name)]);
}

function measure(heap: SlabHeap, [size, flags]: readonly string[]) {
  const fields = measureCache(heap, { size: Number(size), align: 0, flags, ctor: false });
  if (fields === undefined) throw new Error(`size ${size} was refused`);
  return fields;
}

test.each([1, 4])("the model gives every row of the 7.0 reference with %d CPUs", (cpus) => {
  const heap = new SlabHeap();
  heap.configure(resolveMachine({}, { profile: "v7.0", boot: cpus === 1 ? "up" : "smp", cpus }));
  for (const row of rows) {
    const { inuse, offset, redLeftPad, size, order, objects } = measure(heap, row);
    const expected = [
      ...["inuse", "offset", "red_left_pad", "size"].map((name) => column(row, name)),
      column(row, `order${cpus}`),
      column(row, `objects${cpus}`),
    ];
    expect([inuse, offset, redLeftPad, size, order, objects], row.join(" ")).toEqual(expected);
  }
});
