// Memory by kernel address, for looking: the windows that the core keeps tell what is mapped where.
// Cold code only; addresses are bigints.
import { REGION_MAX, Window, WindowLayout } from "../../abi.ts";
import { readU64 } from "../../base/bytes.ts";
import type { SlabHeap } from "./heap.ts";

/** A range of kernel addresses, and where it lies in linear memory. */
interface MappedWindow {
  readonly base: bigint;
  readonly size: number;
  readonly linear: number;
}

/** The table has room for a window and its struct pages for each region. */
const WINDOW_COUNT_MAX = Window.FIRST_REGION + REGION_MAX * 2;

/** All windows that are mapped now: RAM, its struct pages, glob, vglob, glob's pages, regions. */
export function mappedWindows(heap: SlabHeap): readonly MappedWindow[] {
  const windows: MappedWindow[] = [];
  for (let index = 0; index < WINDOW_COUNT_MAX; index++) {
    const window = readWindow(heap, index);
    if (window.size === 0) break;
    windows.push(window);
  }
  return windows;
}

/** One window of the table, by its number. */
export function readWindow(heap: SlabHeap, index: number): MappedWindow {
  const { areas, views } = heap;
  const at = areas.window + index * WindowLayout.SIZE;
  return {
    base: views.readU64(at + WindowLayout.BASE),
    size: views.readU32(at + WindowLayout.SIZE_BYTES),
    linear: linearOfWindow(heap, index),
  };
}

/** Where a window of the table begins in linear memory. */
export function linearOfWindow({ areas, views }: SlabHeap, index: number): number {
  return views.readU32(areas.window + index * WindowLayout.SIZE + WindowLayout.LINEAR);
}

/** Where `size` bytes at a kernel address lie; undefined unless all of them are mapped. */
export function linearOf(heap: SlabHeap, address: bigint, size: number): number | undefined {
  for (const window of mappedWindows(heap)) {
    const offset = address - window.base;
    if (offset < 0n || offset + BigInt(size) > BigInt(window.size)) continue;
    return window.linear + Number(offset);
  }
  return undefined;
}

/** The 64-bit number at a kernel address; undefined where nothing is mapped. */
export function readLong(heap: SlabHeap, address: bigint): bigint | undefined {
  const linear = linearOf(heap, address, 8);
  return linear === undefined ? undefined : readU64(heap.views.u8, linear);
}
