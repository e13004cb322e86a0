// The machine that a program runs on, with every choice made: kernel, configuration, CPUs, memory.
// `boot.ts` resolves one from a program's header and the options of a command.
//
// The address arithmetic of a machine stands here, too: where its RAM lies, and which struct page
// describes which memory. As in the kernel nothing is looked up.
import { PAGE_SHIFT, Profile, STRUCT_PAGE_SIZE } from "../../abi.ts";
import type { ProfileName } from "./op.ts";

/** Names of kernel configurations: those that recordings exist of, and `debian`. */
export type VariantName = "up" | "updl" | "smp" | "smph" | "debian" | "v310" | "v310ndl" | "v310nm";

/** One list of cache names in a slub_debug parameter, and the letters it gives them. */
export interface DebugBlock {
  /** Letter bits. */
  readonly letters: number;
  readonly patterns: readonly NamePattern[];
}

/** A cache name, or how one begins. */
export interface NamePattern {
  readonly text: string;
  readonly isPrefix: boolean;
}

/** The slub_debug boot parameter, understood. */
export interface SlubDebug {
  /** What stands behind the `=`; undefined for a bare `slub_debug` and for none at all. */
  readonly text: string | undefined;
  /** True if the parameter was given. */
  readonly given: boolean;
  /** Letter bits for every cache that no list names. */
  readonly global: number;
  readonly blocks: readonly DebugBlock[];
  /** The letter O: no debugging that would raise the minimum order of a cache. */
  readonly orderGuard: boolean;
  /** Letters that the kernel would skip with a message. */
  readonly unknown: string;
}

/** A machine with every choice made; `machineFor` and `resolveMachine` make one. */
export interface Machine {
  /** The kernel. */
  readonly profile: ProfileName;
  /** Its configuration. */
  readonly variant: VariantName;
  /** CPUs that exist. */
  readonly cpus: number;
  /** The number of CPUs that calculate_order() counts with. */
  readonly nrCpuIds: number;
  /** CONFIG_DEBUG_LIST. */
  readonly debugList: boolean;
  /** CONFIG_LIST_HARDENED, which has checks of its own only without DEBUG_LIST. */
  readonly listHardened: boolean;
  /** CONFIG_BUG_ON_DATA_CORRUPTION: what the checks of lists find is a BUG. */
  readonly bugOnCorruption: boolean;
  /** CONFIG_SLUB_CPU_PARTIAL: slabs may wait on a partial list of their CPU. */
  readonly cpuPartial: boolean;
  /** CONFIG_SLAB_FREELIST_HARDENED: free pointers are stored encoded. */
  readonly hardened: boolean;
  /** CONFIG_SLAB_FREELIST_RANDOM: the free list of a new slab is shuffled. */
  readonly randomised: boolean;
  /** init_on_alloc=1: what is allocated is cleared. */
  readonly initOnAlloc: boolean;
  /** CONFIG_MEMCG_KMEM, which only 3.10 models. */
  readonly memcgKmem: boolean;
  /** slub_nomerge: no cache is merged into another. */
  readonly nomerge: boolean;
  readonly slubDebug: SlubDebug;
  /** Simulated RAM: its first page frame, and its length in pages of 4096 bytes. */
  readonly physBasePfn: number;
  readonly physPages: number;
  /** What went on before the program, as far as it shows: ticks since boot, stacks stored. */
  readonly ticks: number;
  readonly stacks: number;
  /** The halves of the 64 bits that everything random in the machine grows from. */
  readonly seedHigh: number;
  readonly seedLow: number;
  /** Addresses of the globals that scripts call `glob` (kernel image) and `vglob` (vmalloc). */
  readonly glob: bigint;
  readonly vglob: bigint;
  /** An unused page lies behind every block that the page allocator hands out. */
  readonly gaps: boolean;
}

/** Bytes of `glob` and of `vglob` each. */
export const GLOB_SIZE = 4096;

/** Where the kernel maps physical memory, its page structures, vmalloc space and itself. */
interface AddressMap {
  readonly directMap: bigint;
  readonly vmemmap: bigint;
  readonly vmalloc: bigint;
  readonly kernelImage: bigint;
}

/** The profile's number in the machine configuration. */
export function profileNumber(profile: ProfileName): Profile {
  return PROFILE_NUMBERS[profile];
}

const PROFILE_NUMBERS: Readonly<Record<ProfileName, Profile>> = {
  "v3.10": Profile.V310,
  "v6.1": Profile.V61,
  "v6.12": Profile.V612,
  "v7.3": Profile.V73,
};

/** Whether free objects of caches without debug options wait in sheaves. */
export function hasSheaves({ profile }: Pick<Machine, "profile">): boolean {
  return profile === "v7.3";
}

/** The address map of a profile: only the direct map ever moved. */
export function addressMapOf(profile: ProfileName): AddressMap {
  return {
    directMap: profile === "v3.10" ? 0xffff880000000000n : 0xffff888000000000n,
    vmemmap: 0xffffea0000000000n,
    vmalloc: 0xffffc90000000000n,
    kernelImage: 0xffffffff80000000n,
  };
}

/** First byte of the memory that a struct page describes. */
export function pageAddress(machine: Machine, page: bigint): bigint {
  const { directMap, vmemmap } = addressMapOf(machine.profile);
  const frame = (page - vmemmap) / BigInt(STRUCT_PAGE_SIZE);
  return directMap + (frame << BigInt(PAGE_SHIFT));
}

/** The struct page of an address in RAM. */
export function pageOf(machine: Machine, address: bigint): bigint {
  const { directMap, vmemmap } = addressMapOf(machine.profile);
  return vmemmap + ((address - directMap) >> BigInt(PAGE_SHIFT)) * BigInt(STRUCT_PAGE_SIZE);
}

/** First address of simulated RAM. */
export function ramBase(machine: Machine): bigint {
  const { directMap } = addressMapOf(machine.profile);
  return directMap + (BigInt(machine.physBasePfn) << BigInt(PAGE_SHIFT));
}

export function isInRam(machine: Machine, address: bigint): boolean {
  const offset = address - ramBase(machine);
  return offset >= 0n && offset < BigInt(machine.physPages) << BigInt(PAGE_SHIFT);
}
