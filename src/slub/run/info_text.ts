// The result of `info`: which kernel this is, and how it is configured, in the words that the
// recordings' kernels have for themselves.
import type { Machine } from "../program/machine.ts";
import type { ProfileName } from "../program/op.ts";
import { VARIANTS } from "../program/variant.ts";

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
