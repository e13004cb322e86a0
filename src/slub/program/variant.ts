// Kernel configurations by name: those that recordings exist of, and the one that Debian ships.
import type { VariantName } from "./machine.ts";
import type { ProfileName } from "./op.ts";

/** What a variant decides. */
export interface Variant {
  /** True for the builds of 3.10; the others exist of all later kernels. */
  readonly isOld: boolean;
  readonly smp: boolean;
  /** nr_cpu_ids unless the program or the command says otherwise. */
  readonly nrCpuIds: number;
  readonly debugList: boolean;
  /** LIST_HARDENED, on kernels that have it; the others have DEBUG_LIST instead. */
  readonly listHardened: boolean;
  /** BUG_ON_DATA_CORRUPTION: a corrupt list ends the kernel. */
  readonly bugOnCorruption: boolean;
  readonly cpuPartial: boolean;
  readonly hardened: boolean;
  readonly randomised: boolean;
  readonly initOnAlloc: boolean;
  readonly memcgKmem: boolean;
}

const NEW: Variant = {
  isOld: false,
  smp: false,
  nrCpuIds: 1,
  debugList: false,
  listHardened: false,
  bugOnCorruption: false,
  cpuPartial: false,
  hardened: false,
  randomised: false,
  initOnAlloc: false,
  memcgKmem: false,
};

const OLD: Variant = {
  ...NEW,
  isOld: true,
  smp: true,
  debugList: true,
  cpuPartial: true,
  memcgKmem: true,
};

const SMP: Variant = { ...NEW, smp: true, nrCpuIds: 4, cpuPartial: true };

export const VARIANTS: Readonly<Record<VariantName, Variant>> = {
  up: NEW,
  updl: { ...NEW, debugList: true },
  smp: SMP,
  smph: { ...SMP, hardened: true, debugList: true },
  // No kernel of it was recorded: docs/kernels.md says which parts of it were.
  debian: {
    ...SMP,
    hardened: true,
    randomised: true,
    listHardened: true,
    bugOnCorruption: true,
    initOnAlloc: true,
  },
  v310: OLD,
  v310ndl: { ...OLD, debugList: false },
  v310nm: { ...OLD, memcgKmem: false },
};

export const PROFILES: readonly ProfileName[] = ["v3.10", "v6.1", "v6.12", "v7.3"];

export function isVariantName(name: string): name is VariantName {
  return Object.hasOwn(VARIANTS, name);
}

export function isProfileName(name: string): name is ProfileName {
  return (PROFILES as readonly string[]).includes(name);
}

/** The variant of the other kind of kernel that comes closest. */
export function counterpartOf(name: VariantName, nrCpuIds: number): VariantName {
  const { isOld, debugList, listHardened } = VARIANTS[name];
  if (!isOld) return debugList || listHardened ? "v310" : "v310ndl";
  if (nrCpuIds > 1) return "smp";
  return debugList ? "updl" : "up";
}

/** Addresses of the two regions of foreign memory that every script may use. */
interface ForeignMemory {
  readonly glob: bigint;
  readonly vglob: bigint;
}

function foreignMemoryOf73({ smp, hardened }: Variant): ForeignMemory {
  if (!smp) return { glob: 0xffffffff817a5000n, vglob: 0xffffc90000043000n };
  return { glob: 0xffffffff817c7000n, vglob: hardened ? 0xffffc9000004a000n : 0xffffc90000048000n };
}

/** They lie where the recorded kernels had them. */
export function foreignMemoryOf(profile: ProfileName, variant: Variant): ForeignMemory {
  if (profile === "v3.10") return { glob: 0xffffffff81a00000n, vglob: 0xffffc90003fed000n };
  if (profile === "v7.3") return foreignMemoryOf73(variant);
  const vglob = variant.smp ? 0xffffc90000002000n : 0xffffc90000043000n;
  if (profile === "v6.1") {
    return { glob: variant.smp ? 0xffffffff81b9e000n : 0xffffffff8197f000n, vglob };
  }
  return { glob: variant.smp ? 0xffffffff819bb000n : 0xffffffff81797000n, vglob };
}
