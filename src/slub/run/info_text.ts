// The result of `info`: which kernel this is, and how it is configured, in the words that the
// recordings' kernels have for themselves; and the figures of a kmem_cache, as `cache`, `geometry`
// and `kgeometry` give them.
import { DEBUG_LETTERS, Letter } from "../../abi.ts";
import type { CacheFields } from "../core/kmem_cache.ts";
import { hasSheaves, type Machine } from "../program/machine.ts";
import type { ProfileName } from "../program/op.ts";
import { VARIANTS } from "../program/variant.ts";

/** The kernels that the recordings were made on. */
const RELEASES: Readonly<Record<ProfileName, string>> = {
  "v3.10": "3.10.0-514.el7 slub.c in a userland rig",
  "v6.1": "6.1.192-slubreplay",
  "v6.12": "6.12.117-slubreplay",
  "v7.3": "7.3.4-slubreplay",
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

function newFigures(machine: Machine): string {
  const { variant, hardened, debugList, cpuPartial } = machine;
  return [
    `smp=${flag(VARIANTS[variant].smp)}`,
    `hardened=${flag(hardened)}`,
    `debug_list=${flag(debugList)}`,
    hasSheaves(machine) ? "sheaves=1" : `cpu_partial=${flag(cpuPartial)}`,
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
    ...waitingRoom(machine, cache),
    ["flags", `0x${flags.toString(16)}`],
    ["refcount", cache.refcount],
  ];
  return fields.map(([name, value]) => `${name}=${value}`).join(" ");
}

/** Where objects of the cache wait on their way from slab to slab, by how many fit in. */
function waitingRoom(machine: Machine, cache: CacheFields): readonly (readonly [string, number])[] {
  if (hasSheaves(machine)) return [["sheaf_capacity", cache.sheafCapacity]];
  const objects = ["cpu_partial", cache.cpuPartial] as const;
  return machine.profile === "v3.10"
    ? [objects]
    : [objects, ["cpu_partial_slabs", cache.cpuPartialSlabs]];
}

interface FlagBits {
  readonly letters: readonly (readonly [number, number])[];
  readonly objectPoison: number;
  readonly cmpxchgDouble: number;
  /** Letters that rule out the lockless double-word exchange. */
  readonly noCmpxchg: number;
}

/** Since 4.x the exchange is given up for these only; 3.10 gives it up for any debugging. */
const NEEDS_LOCK = Letter.F | Letter.U | Letter.T;

const BITS_310: FlagBits = {
  letters: [
    [Letter.F, 0x100],
    [Letter.Z, 0x400],
    [Letter.P, 0x800],
    [Letter.H, 0x2000],
    [Letter.D, 0x4000],
    [Letter.U, 0x10000],
    [Letter.K, 0x20000],
    [Letter.R, 0x80000],
    [Letter.T, 0x200000],
    [Letter.NOLEAKTRACE, 0x800000],
  ],
  objectPoison: 0x80000000,
  cmpxchgDouble: 0x40000000,
  noCmpxchg: DEBUG_LETTERS,
};

const BITS_61: FlagBits = {
  ...BITS_310,
  letters: [
    ...BITS_310.letters.filter(([letter]) => letter !== Letter.D),
    [Letter.D, 0x8000],
    [Letter.KMALLOC, 0x1000],
  ],
  noCmpxchg: NEEDS_LOCK,
};

const BITS_612: FlagBits = {
  letters: [
    [Letter.F, 0x1],
    [Letter.Z, 0x2],
    [Letter.P, 0x4],
    [Letter.KMALLOC, 0x8],
    [Letter.H, 0x10],
    [Letter.D, 0x40],
    [Letter.U, 0x80],
    [Letter.R, 0x200],
    [Letter.T, 0x400],
    [Letter.NOLEAKTRACE, 0x800],
    [Letter.K, 0x4000],
  ],
  objectPoison: 0x8000,
  cmpxchgDouble: 0x10000,
  noCmpxchg: NEEDS_LOCK,
};

/** SLAB_NO_MERGE, SLAB_NOLEAKTRACE and SLAB_NO_USER_FLAGS. */
const BITS_73: FlagBits = {
  ...BITS_612,
  letters: [
    ...BITS_612.letters.filter(([letter]) => letter !== Letter.NOLEAKTRACE),
    [Letter.NOLEAKTRACE, 0x1000],
    [Letter.N, 0x800],
    [Letter.O, 0x2000],
  ],
};

const BITS: Readonly<Record<ProfileName, FlagBits>> = {
  "v3.10": BITS_310,
  "v6.1": BITS_61,
  "v6.12": BITS_612,
  "v7.3": BITS_73,
};

/** The number that the kernel of a profile holds in s->flags. */
export function kernelFlags(profile: ProfileName, letters: number, objectPoison: boolean): number {
  const bits = BITS[profile];
  let flags = objectPoison ? bits.objectPoison : 0;
  if ((letters & bits.noCmpxchg) === 0) flags |= bits.cmpxchgDouble;
  for (const [letter, bit] of bits.letters) {
    if (letters & letter) flags |= bit;
  }
  return flags >>> 0;
}
