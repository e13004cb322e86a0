// The figures of a kmem_cache, as `cache`, `geometry` and `kgeometry` give them.
import { CacheLayout } from "../abi.ts";
import type { Machine } from "../program/machine.ts";
import { kernelFlags } from "./cache_flags.ts";
import type { KernelView } from "./kernel_view.ts";

/** `size=64 object_size=64 ...`; 3.10 has neither left red zones nor a limit on cpu partial slabs. */
export function geometryText(view: KernelView, machine: Machine, index: number): string {
  const field = (offset: CacheLayout): number => view.cacheU32(index, offset);
  const old = machine.profile === "v3.10";
  const [oo, min] = [field(CacheLayout.OO), field(CacheLayout.MIN)];
  const fields: readonly (readonly [string, number | string])[] = [
    ["size", field(CacheLayout.SIZE_BYTES)],
    ["object_size", field(CacheLayout.OBJECT_SIZE)],
    ["inuse", field(CacheLayout.INUSE)],
    ["offset", field(CacheLayout.OFFSET)],
    ...(old ? [] : [["red_left_pad", field(CacheLayout.RED_LEFT_PAD)] as const]),
    ["align", field(CacheLayout.ALIGN)],
    ["order", oo >>> 16],
    ["objects", oo & 0xffff],
    ["min_order", min >>> 16],
    ["min_objects", min & 0xffff],
    ["min_partial", field(CacheLayout.MIN_PARTIAL)],
    ["cpu_partial", field(CacheLayout.CPU_PARTIAL)],
    ...(old ? [] : [["cpu_partial_slabs", field(CacheLayout.CPU_PARTIAL_SLABS)] as const]),
    ["flags", flagsText(view, machine, index)],
    ["refcount", field(CacheLayout.REFCOUNT) | 0],
  ];
  return fields.map(([name, value]) => `${name}=${value}`).join(" ");
}

function flagsText(view: KernelView, machine: Machine, index: number): string {
  const letters = view.cacheU32(index, CacheLayout.LETTERS);
  const poisoned = view.cacheU32(index, CacheLayout.OBJECT_POISON) !== 0;
  return `0x${kernelFlags(machine.profile, letters, poisoned).toString(16)}`;
}
