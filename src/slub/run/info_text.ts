// The result of `info`: which kernel this is, and how it is configured, in the words that the
// recordings' kernels have for themselves; and the figures of a kmem_cache, as `cache`, `geometry`
// and `kgeometry` give them.
import type { CacheFields } from "../core/kmem_cache.ts";
import type { Machine } from "../program/machine.ts";
import type { ProfileName } from "../program/op.ts";
import { VARIANTS } from "../program/variant.ts";
import { kernelFlags } from "./cache_flags.ts";

/** The kernels that the recordings were made on. */
const RELEASES: Readonly<Record<ProfileName, string>> = {
  "v3.10": "3.10.0-514.el7 slub.c in a userland rig",
  "v6.1": "6.1.192-slubreplay",
  "v6.12": "6.12.117-slubreplay",
  "v7.0": "7.0.0",
};

/** One line of key=value pairs behind the release. */
export function infoText(machine: Machine): string {
  const { profile, cpus, nrCpuIds } = machine;
  const figures = profile === "v3.10" ? oldFigures(machine) : newFigures(machine);
  return `Linux ${RELEASES[profile]} cpus=${cpus} nr_cpu_ids=${nrCpuIds} ${figures}`;
}

function oldFigures({ memcgKmem, debugList, cpuPartial }: Machine): string {
  return [
    `memcg_kmem=${flag(memcgKmem)}`,
    `debug_list=${flag(debugList)}`,
    `cpu_partial=${flag(cpuPartial)}`,
    "pagesize=4096 cacheline=64 track=152",
  ].join(" ");
}

function newFigures({ variant, hardened, debugList, cpuPartial }: Machine): string {
  return [
    `smp=${flag(VARIANTS[variant].smp)}`,
    `hardened=${flag(hardened)}`,
    `debug_list=${flag(debugList)}`,
    `cpu_partial=${flag(cpuPartial)}`,
    "pagesize=4096 cacheline=64 track=32 hz=250",
  ].join(" ");
}

function flag(isSet: boolean): number {
  return isSet ? 1 : 0;
}

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
