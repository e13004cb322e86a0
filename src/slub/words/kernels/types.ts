// What differs from kernel to kernel in the words of a log, as one record a profile: v310.ts,
// v61.ts, v612.ts fill it in, dmesg.ts and its neighbours read it. Nothing here decides *whether* a
// line is printed, or in which order: the core does, by the order of its events.
import type { FaultKind, Fix, Fn, PageFlag, Section, Warning } from "../../../abi.ts";

/** Where a WARN stands in the kernel's source, and the function that its splat names. */
export interface WarnSite {
  readonly file: string;
  readonly line: number;
  readonly fn: string;
}

/** A bit of page->flags: its value, and its name as %pGp prints it, in the order of printing. */
interface PageBit {
  readonly flag: PageFlag;
  readonly value: number;
  readonly name: string;
}

/** How the stack depot complains about a handle that was overwritten. */
interface StackDepotWords {
  /** The text for a handle of 0. */
  readonly missing: string;
  /** Source places of its warnings, one after the other. */
  readonly sites: readonly WarnSite[];
  readonly texts: readonly ((handle: number, pools: number) => string)[];
  /** Pools that are in use: without stacks of the boot, and with them on one CPU and on four. */
  readonly pools: { readonly few: number; readonly booted: number; readonly bootedSmp: number };
}

interface OopsWords {
  readonly style: "3.10" | "6.x";
  /** The beginning of every die line: "Oops: " in 6.12. */
  readonly diePrefix: string;
  /** FILE:LINE of the BUG()s that this kernel has. */
  readonly bugs: Readonly<Partial<Record<FaultKind, string>>>;
  /** Functions that gcc keeps out of line where this kind of fault is met, by their callers. */
  readonly outOfLine: Readonly<Partial<Record<FaultKind, Readonly<Partial<Record<Fn, string>>>>>>;
  /** 6.12 warns before it dies of a user-range address with interrupts off. */
  readonly interruptsOff: WarnSite | undefined;
}

export interface Words {
  /** The prefix of the lines of a report's body. */
  readonly info: string;
  /** NULL as %p prints it, sixteen columns wide. */
  readonly nullPointer: string;
  /** Positions of the taint string, and what follows them. */
  readonly taintPositions: number;
  readonly taintTail: string;
  /** Longest text behind the cache's name in a BUG line. */
  readonly bugTextMax: number;

  readonly sections: Readonly<Record<Section, string>>;
  /** Shape of the line that names the damaged bytes. */
  readonly damage: "INFO" | "plain" | "bracketed";
  /** `@offset=` behind ranges of bytes. */
  readonly rangeHasOffset: boolean;
  /** FIX lines of a repair name the section (6.x); 3.10's end in an empty line instead. */
  readonly restoreNamesSection: boolean;
  readonly fixes: Readonly<Record<Fix, string>>;
  /** "> max" messages print the low half of the name pointer in place of their first number. */
  readonly maxMessagesShifted: boolean;
  /** The text about objects that a destroy found, by cache name. */
  readonly objectsRemaining: (cache: string) => string;

  /** Tags of Object and Redzone dumps are padded to nine columns. */
  readonly dumpTagsPadded: boolean;
  readonly pageBits: readonly PageBit[];
  /** Zone and node bits of every page. */
  readonly zoneBits: bigint;
  /** flags=0x..(names), or bare hex. */
  readonly pageFlagsNamed: boolean;

  /**
   * `WARNING: at ..` first and the text below it, or the text first and RIP below; since 7.x CPU
   * and process stand behind the place.
   */
  readonly warnStyle: "3.10" | "6.x" | "7.x";
  readonly warnSites: Readonly<Partial<Record<Warning, WarnSite>>>;
  /** WARN_ONCE and WARN_ON_ONCE: no splat from the second time on. */
  readonly warnOnce: ReadonlySet<Warning>;
  /** What list_del leaves in prev. */
  readonly listPoison2: bigint;
  /** list_del's last two texts end in the neighbour they speak of. */
  readonly listDelNamesNeighbour: boolean;
  /** cache_from_obj names the owner first, and speaks every time, before its splat. */
  readonly wrongCacheSwapped: boolean;
  readonly stackDepot: StackDepotWords | undefined;
  /** The WARNs that end a report (6.12), by the code of a SPLAT event. */
  readonly splats: readonly WarnSite[];

  /** How a failed allocation names its GFP flags. */
  readonly allocationFlags: string;
  /** Functions that can fault. */
  readonly functions: Readonly<Record<Fn, string>>;
  /** Those that another function takes in, unless free lists are hardened. */
  readonly hardenedFunctions: Readonly<Partial<Record<Fn, string>>>;
  readonly oops: OopsWords;
  /** When "Disabling lock debugging" is printed: under the first header, or behind the trailer. */
  readonly lockDebuggingLine: "header" | "trailer";
  /** uname -r and the like, for the lines that name the machine. */
  readonly release: string;
}
