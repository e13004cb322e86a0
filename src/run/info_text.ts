// The result of `info`: which kernel this is, and how it is configured.
import type { Machine } from "../program/machine.ts";
import type { ProfileName } from "../program/op.ts";

const RELEASES: Readonly<Record<ProfileName, string>> = {
  "v3.10": "3.10.0-514.el7",
  "v6.1": "6.1.192",
  "v6.12": "6.12.117",
};

/** One line of key=value pairs behind the release. */
export function infoText(machine: Machine): string {
  const { profile, cpus, nrCpuIds } = machine;
  const flag = (set: boolean): number => (set ? 1 : 0);
  return [
    `Linux ${RELEASES[profile]} simulated by slabfuzz`,
    `cpus=${cpus}`,
    `nr_cpu_ids=${nrCpuIds}`,
    `hardened=${flag(machine.hardened)}`,
    `debug_list=${flag(machine.debugList)}`,
    `cpu_partial=${flag(machine.cpuPartial)}`,
    "pagesize=4096",
    "cacheline=64",
    `track=${profile === "v3.10" ? 152 : 32}`,
  ].join(" ");
}
