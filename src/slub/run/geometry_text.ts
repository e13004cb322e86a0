// The figures of a kmem_cache, as `cache`, `geometry` and `kgeometry` give them.
import type { CacheFields } from "../core/kmem_cache.ts";
import type { Machine } from "../program/machine.ts";
import { kernelFlags } from "./cache_flags.ts";

/**
 * `size=64 object_size=64 ...`; 3.10 has neither left red zones nor a limit on cpu partial slabs.
 */
export function geometryText(machine: Machine, cache: CacheFields): string {
  const old = machine.profile === "v3.10";
  const flags = kernelFlags(machine.profile, cache.letters, cache.objectPoison);
  const fields: readonly (readonly [string, number | string])[] = [
    ["size", cache.size],
    ["object_size", cache.objectSize],
    ["inuse", cache.inuse],
    ["offset", cache.offset],
    ...(old ? [] : [["red_left_pad", cache.redLeftPad] as const]),
    ["align", cache.align],
    ["order", cache.order],
    ["objects", cache.objects],
    ["min_order", cache.minOrder],
    ["min_objects", cache.minObjects],
    ["min_partial", cache.minPartial],
    ["cpu_partial", cache.cpuPartial],
    ...(old ? [] : [["cpu_partial_slabs", cache.cpuPartialSlabs] as const]),
    ["flags", `0x${flags.toString(16)}`],
    ["refcount", cache.refcount],
  ];
  return fields.map(([name, value]) => `${name}=${value}`).join(" ");
}
