// The options of commands that compare several kernels: which machine each of them is.
import { OPTIONS } from "./campaign_options.ts";
import { ownOption } from "./option.ts";

export const COMPARED = {
  boot: ownOption(OPTIONS, "boot", "their configuration, for those that it exists of"),
  cpus: ownOption(OPTIONS, "cpus", "number of CPUs (default: as --boot says)"),
  kconfig: ownOption(
    OPTIONS,
    "kconfig",
    "kernel options, as +SLAB_FREELIST_RANDOM (default: as --boot says)",
  ),
};
