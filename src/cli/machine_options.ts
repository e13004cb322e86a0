// The options that choose a machine, the same for every command that boots one.
import { type Command, Option } from "commander";
import { PROFILES, VARIANTS } from "../slub/program/variant.ts";
import type { MachineOverrides } from "../target/options.ts";
import { positiveNumber } from "./option_value.ts";

/** Adds --profile, --boot, --slub-debug, --cpus and --kconfig. */
export function addMachineOptions(command: Command): Command {
  const variants = Object.keys(VARIANTS).join(" ");
  return command
    .addOption(new Option("--profile <kernel>", "which kernel").choices(PROFILES))
    .option("--boot <variant>", `its configuration: ${variants}`)
    .option("--slub-debug <value>", "the kernel's boot parameter, - for none (FZP; FZ,kmalloc-64)")
    .option("--cpus <n>", "nr_cpu_ids", positiveNumber)
    .option("--kconfig <options>", "kernel options: +SLAB_FREELIST_RANDOM -DEBUG_LIST ...");
}

/** What the options say, for `resolveMachine` and `machineFor`. */
export function machineOverrides(options: MachineOptions): MachineOverrides {
  const { profile, boot, slubDebug, cpus, kconfig } = options;
  return { profile, boot, slubDebug, cpus, config: kconfig };
}

/** The options as commander hands them over. */
export interface MachineOptions {
  readonly profile?: string;
  readonly boot?: string;
  readonly slubDebug?: string;
  readonly cpus?: number;
  readonly kconfig?: string;
}
