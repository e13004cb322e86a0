// Turns a program's header and a command's options into a Machine, with every choice made.
import { CPU_MAX, Letter } from "../../abi.ts";
import { highWord, lowWord } from "../../base/bytes.ts";
import { unknownText } from "../../base/option_text.ts";
import { UserError } from "../../base/user_error.ts";
import type { MachineOverrides } from "../../target/options.ts";
import {
  type BootLine,
  bootLineOf,
  debugLettersFor,
  parseBootLine,
  parseSlubDebug,
  readParameters,
} from "./boot_line.ts";
import { kmallocNames, secondKmallocNames } from "./kmalloc.ts";
import type { Machine, SlubDebug, VariantName } from "./machine.ts";
import type { Header, PhysicalMemory, ProfileName, Program } from "./op.ts";
import { defaultMemoryOf, memoryFor } from "./physical_memory.ts";
import type { Variant } from "./variant.ts";
import { counterpartOf, foreignMemoryOf, isProfileName, PROFILES, VARIANTS } from "./variant.ts";

/**
 * The machine that a program runs on: as `resolveMachine`, with simulated RAM where its `nextpfn`
 * lines need it.
 */
export function machineFor(program: Program, overrides: MachineOverrides = {}): Machine {
  return resolveMachine(program.header, overrides, memoryFor(program));
}

/**
 * The machine that a header describes, changed by overrides. What neither says has its default:
 * v6.1, variant `up` (on v3.10 `v310`), no slub_debug, the variant's CPUs, a fixed seed. Throws a
 * UserError for an unknown kernel, variant, letter or kernel option, and for CPUs that the variant
 * cannot have.
 */
export function resolveMachine(
  header: Header,
  overrides: MachineOverrides = {},
  memory: PhysicalMemory | undefined = header.phys,
): Machine {
  const line = chooseBootLine(header, overrides);
  const profile = chooseProfile(header, overrides, line?.variant);
  const named = line?.variant ?? (profile === "v3.10" ? "v310" : "up");
  const nrCpuIds = chooseCpus(header, overrides, VARIANTS[named]);
  const name = chooseVariant(profile, overrides, named, nrCpuIds);
  const variant = VARIANTS[name];
  const parameters = readParameters(profile, line?.parameters ?? []);
  const seed = overrides.seed ?? header.seed ?? DEFAULT_SEED;
  const { basePfn, pages } = memory ?? defaultMemoryOf(profile);
  return {
    profile,
    variant: name,
    cpus: Math.min(nrCpuIds, CPU_MAX),
    nrCpuIds,
    ...configOf(profile, variant),
    ...(named === name ? {} : { debugList: checksLists(VARIANTS[named]) }),
    ...parseConfig(profile, overrides.config ?? header.config ?? ""),
    ...parameters.choices,
    nomerge: parameters.nomerge,
    slubDebug: chooseSlubDebug(profile, overrides, parameters.slubDebug),
    physBasePfn: basePfn,
    physPages: pages,
    ticks: 0,
    stacks: 0,
    seedHigh: highWord(seed),
    seedLow: lowWord(seed),
    ...foreignMemoryOf(profile, variant),
    gaps: variant.isOld,
  };
}

/** The header that makes `resolveMachine` choose this machine again. */
export function headerOf(machine: Machine, comments: readonly string[] = []): Header {
  const variant = VARIANTS[machine.variant];
  const config = configBetween(configOf(machine.profile, variant), machine);
  const seed = (BigInt(machine.seedHigh) << 32n) | BigInt(machine.seedLow);
  return {
    boot: bootLineOf(machine),
    profile: machine.profile,
    ...(machine.nrCpuIds === variant.nrCpuIds ? {} : { cpus: machine.nrCpuIds }),
    phys: { basePfn: machine.physBasePfn, pages: machine.physPages },
    ...(seed === DEFAULT_SEED ? {} : { seed }),
    ...(config === "" ? {} : { config }),
    comments,
  };
}

/**
 * Letter bits that the boot parameter adds to a cache; `ownLetters` are those it is created with.
 */
export function bootLettersFor(machine: Machine, cacheName: string, ownLetters: number): number {
  return debugLettersFor(machine.profile, machine.slubDebug, cacheName, ownLetters);
}

/** Letter bits of the boot parameter for each kmalloc cache. */
export function kmallocLettersOf(machine: Machine): readonly number[] {
  return kmallocNames(machine.profile).map((name) => bootLettersFor(machine, name, Letter.KMALLOC));
}

/** The same for the second kind of kmalloc memory: as many, or none where there is no such kind. */
export function secondKmallocLettersOf(machine: Machine): readonly number[] {
  const own = machine.profile === "v3.10" ? Letter.D : Letter.KMALLOC | Letter.K;
  return secondKmallocNames(machine.profile).map((name) => bootLettersFor(machine, name, own));
}

/** Letter bits of the boot parameter for caches that no list names. */
export function globalLettersOf({ profile, slubDebug }: Machine): number {
  return debugLettersFor(profile, { ...slubDebug, blocks: [] }, "", 0);
}

const DEFAULT_SEED = 0x736c6162n;
export const CPUS_LIMIT = 8192;

/** An option that only names a variant leaves the header's kernel parameters in force. */
function chooseBootLine(header: Header, overrides: MachineOverrides): BootLine | undefined {
  const own = header.boot === undefined ? undefined : parseBootLine(header.boot);
  if (overrides.boot === undefined) return own;
  const chosen = parseBootLine(overrides.boot);
  if (chosen.parameters.length > 0 || own === undefined) return chosen;
  return { variant: chosen.variant, parameters: own.parameters };
}

function chooseProfile(
  header: Header,
  overrides: MachineOverrides,
  variant: VariantName | undefined,
): ProfileName {
  if (overrides.profile !== undefined) return checkedProfile(overrides.profile);
  const isOld = variant === undefined ? undefined : VARIANTS[variant].isOld;
  if (isOld === true) return "v3.10";
  // --boot up on a script of 3.10: the option wins.
  if (isOld === false && header.profile === "v3.10" && overrides.boot !== undefined) return "v6.1";
  return header.profile ?? "v6.1";
}

function checkedProfile(name: string): ProfileName {
  if (isProfileName(name)) return name;
  throw new UserError(unknownText("profile", name, PROFILES));
}

/** Another kernel gets the variant that comes closest to the one that the script names. */
function chooseVariant(
  profile: ProfileName,
  overrides: MachineOverrides,
  named: VariantName,
  nrCpuIds: number,
): VariantName {
  if (VARIANTS[named].isOld === (profile === "v3.10")) return named;
  if (overrides.profile !== undefined && overrides.boot === undefined) {
    return counterpartOf(named, nrCpuIds);
  }
  throw new UserError(`variant ${named} is no configuration of ${profile}`);
}

function chooseCpus(header: Header, overrides: MachineOverrides, variant: Variant): number {
  const own = overrides.boot !== undefined && !variant.smp ? undefined : header.cpus;
  const cpus = overrides.cpus ?? own ?? variant.nrCpuIds;
  if (!Number.isInteger(cpus) || cpus < 1 || cpus > CPUS_LIMIT) {
    throw new UserError(`a machine has 1 to ${CPUS_LIMIT} CPUs, not ${cpus}`);
  }
  if (cpus > 1 && !variant.smp) {
    throw new UserError(`this variant is a kernel for one CPU, not ${cpus} (smp has more)`);
  }
  return cpus;
}

/** What the variant has of the kernel's options. */
function configOf(profile: ProfileName, variant: Variant): ConfigChoices {
  const { cpuPartial, hardened, initOnAlloc, memcgKmem, randomised } = variant;
  const listHardened = variant.listHardened && CHOICES[profile].includes("LIST_HARDENED");
  const debugList = checksLists(variant) && !listHardened;
  const lists = { debugList, listHardened, bugOnCorruption: variant.bugOnCorruption };
  return { ...lists, cpuPartial, hardened, randomised, initOnAlloc, memcgKmem };
}

/** In one way or the other. */
function checksLists({ debugList, listHardened }: Variant): boolean {
  return debugList || listHardened;
}

/** The option replaces the header's parameter, and a letter that no kernel knows is a mistake. */
function chooseSlubDebug(
  profile: ProfileName,
  overrides: MachineOverrides,
  own: SlubDebug,
): SlubDebug {
  if (overrides.slubDebug === undefined) return own;
  const chosen = parseSlubDebug(profile, overrides.slubDebug);
  if (chosen.unknown === "") return chosen;
  throw new UserError(
    `slub_debug=${overrides.slubDebug}: no debug option has the letter ${chosen.unknown[0]}`,
  );
}

// Kernel options beside what a variant says: `# config: +SLAB_FREELIST_RANDOM -DEBUG_LIST`.

/** The part of a machine that kernel options decide. */
type ConfigChoices = Pick<
  Machine,
  | "debugList"
  | "listHardened"
  | "bugOnCorruption"
  | "cpuPartial"
  | "hardened"
  | "randomised"
  | "initOnAlloc"
  | "memcgKmem"
>;

const OPTIONS: Readonly<Record<string, keyof ConfigChoices>> = {
  DEBUG_LIST: "debugList",
  LIST_HARDENED: "listHardened",
  BUG_ON_DATA_CORRUPTION: "bugOnCorruption",
  SLUB_CPU_PARTIAL: "cpuPartial",
  SLAB_FREELIST_HARDENED: "hardened",
  SLAB_FREELIST_RANDOM: "randomised",
  INIT_ON_ALLOC_DEFAULT_ON: "initOnAlloc",
  MEMCG_KMEM: "memcgKmem",
};

const LATER_CHOICES = [
  "BUG_ON_DATA_CORRUPTION",
  "SLAB_FREELIST_HARDENED",
  "SLAB_FREELIST_RANDOM",
  "INIT_ON_ALLOC_DEFAULT_ON",
] as const;

/** Options that can be chosen; 3.10 has cpu partial lists always, and the others model no memcg. */
const CHOICES: Readonly<Record<ProfileName, readonly string[]>> = {
  "v3.10": ["DEBUG_LIST", "MEMCG_KMEM"],
  "v6.1": ["DEBUG_LIST", "SLUB_CPU_PARTIAL", ...LATER_CHOICES],
  "v6.12": ["DEBUG_LIST", "LIST_HARDENED", "SLUB_CPU_PARTIAL", ...LATER_CHOICES],
  "v7.3": ["DEBUG_LIST", "LIST_HARDENED", ...LATER_CHOICES],
};

/** Kernel options that a config text may switch on this kernel. */
export function switchableOptions(profile: ProfileName): readonly string[] {
  return CHOICES[profile];
}

/** The choices that a config text makes. */
function parseConfig(profile: ProfileName, text: string): Partial<ConfigChoices> {
  const choices: Partial<Record<keyof ConfigChoices, boolean>> = {};
  for (const word of text.split(/[ \t,]+/).filter((part) => part !== "")) {
    const name = word.slice(1);
    if (!/^[+-]/.test(word) || !CHOICES[profile].includes(name)) {
      throw new UserError(
        `config ${JSON.stringify(word)}: ${profile} can switch ${CHOICES[profile].join(", ")}, ` +
          "each with + or - before it",
      );
    }
    choices[OPTIONS[name]] = word.startsWith("+");
  }
  return choices.bugOnCorruption === true ? { ...choices, ...selectedChecks(profile) } : choices;
}

/** BUG_ON_DATA_CORRUPTION selects the checks of lists. */
function selectedChecks(profile: ProfileName): Partial<ConfigChoices> {
  const hasHardened = CHOICES[profile].includes("LIST_HARDENED");
  return hasHardened ? { listHardened: true } : { debugList: true };
}

/**
 * The config text that turns `base` into `chosen`; empty if they are the same. What a kernel
 * parameter decides stands in the boot line.
 */
function configBetween(base: ConfigChoices, chosen: ConfigChoices): string {
  return Object.entries(OPTIONS)
    .filter(([, field]) => field !== "initOnAlloc" && base[field] !== chosen[field])
    .map(([name, field]) => `${chosen[field] ? "+" : "-"}${name}`)
    .join(" ");
}
