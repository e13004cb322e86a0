// What of a machine's answers was never compared with a real kernel: no kernel with these options
// was recorded, and their effect is modelled from the source of the kernel or from logs of others.
import type { Machine } from "./machine.ts";

/** Kernel options of this machine whose effects are unproven, by name. */
export function unprovenOptions(machine: Machine): readonly string[] {
  const { randomised, debugList, listHardened, bugOnCorruption } = machine;
  const options: readonly (readonly [string, boolean])[] = [
    ["SLAB_FREELIST_RANDOM", randomised],
    ["LIST_HARDENED", listHardened && !debugList],
    ["BUG_ON_DATA_CORRUPTION", bugOnCorruption],
  ];
  return options.flatMap(([name, isOn]) => (isOn ? [name] : []));
}

/** For the end of a machine's name: empty where all of it was compared. */
export function unprovenText(options: readonly string[]): string {
  return options.length === 0 ? "" : ` (unproven: ${options.join(", ")})`;
}
