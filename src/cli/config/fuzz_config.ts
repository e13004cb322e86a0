// slabfuzz.config.ts: everything that `slabfuzz fuzz` and `slabfuzz ci` can be told, with types.
//
//   import { defineConfig } from "slabfuzz";
//   export default defineConfig({ slubDebug: "FZP", bugs: ["double-free"], failOn: "new" });
import type { SectionName } from "../../checks/gate/result.ts";
import type { Mapping } from "../../module/load/mapping.ts";
import type { SwitchName } from "../../slub/gen/features.ts";
import type { WorkloadName } from "../../slub/gen/options.ts";
import type { SizeMixName } from "../../slub/gen/sizes.ts";
import type { Invariant } from "../../slub/oracle/violation.ts";
import type { VariantName } from "../../slub/program/machine.ts";
import type { ProfileName } from "../../slub/program/op.ts";
import type { BugName } from "../../target/bug_names.ts";
import type { Verdict } from "../../target/verdict.ts";

export type FailOn = "new" | "any" | "none";

export const FAIL_ON: readonly FailOn[] = ["new", "any", "none"];

/** A module whose names say nothing, and what they stand for. */
export interface NamedTarget extends Mapping {
  /** A .wasm file, or a package. */
  readonly file: string;
}

/** Fields have the names and the meaning of the command's options; each may be left out. */
export interface FuzzConfig {
  /** `slub`, `canary:NAME`, `tlsf`, a .wasm file, a package, or a name of `targets`. */
  readonly target?: string;
  /** How a foreign target is called: malloc=NAME,free=NAME,... */
  readonly exports?: string;
  /** Watch the stores of a foreign target: slow, and tells at once who wrote into a live block. */
  readonly instrument?: boolean;
  /** Foreign targets by name, with what their exports do. */
  readonly targets?: Readonly<Record<string, NamedTarget>>;
  readonly profile?: ProfileName;
  /** A variant, and perhaps kernel parameters behind it. */
  readonly boot?: VariantName | `${VariantName} ${string}`;
  /** The kernel's boot parameter, `-` for none. */
  readonly slubDebug?: string;
  /** nr_cpu_ids. */
  readonly cpus?: number;
  /** Kernel options switched on (+NAME) or off (-NAME). */
  readonly kconfig?: string;
  readonly bugs?: "all" | "none" | readonly BugName[];
  readonly bugsPerCase?: 1 | 2;
  readonly twins?: boolean;
  readonly swarm?: boolean;
  /** Features and bug classes that are off in every case. */
  readonly without?: readonly SwitchName[];
  readonly workload?: "all" | WorkloadName | readonly WorkloadName[];
  /** The name of a mix, or sizes in bytes. */
  readonly sizes?: SizeMixName | number | readonly number[];
  /** Operations of a program before its end, at most. */
  readonly ops?: number;
  /** A number, or the text of one that has more than 53 bits. */
  readonly seed?: number | bigint | string;
  readonly cases?: number;
  /** Such as `30s` or `2m`; a number counts seconds. */
  readonly time?: string | number;
  /** How long one case may take: such as `10s`; a number counts milliseconds. */
  readonly timeout?: string | number;
  readonly jobs?: number;
  /** Folder for journal and findings, as the command sees it. */
  readonly out?: string;
  /** What makes the exit code 1. */
  readonly failOn?: FailOn;
  /** Verdicts that count as new findings, beside `invariant` and `misattributed`. */
  readonly countAsNew?: readonly Verdict[];
  /** The file of known findings; `slabfuzz.baseline` if there is one. */
  readonly baseline?: string;
  /** What only `slabfuzz ci` looks at. */
  readonly ci?: CiConfig;
  /** Rules that are off (`false`), or kept in one case of so many. */
  readonly invariants?: Readonly<Partial<Record<Invariant, false | number>>>;
}

/** Of the gate: the same names as the options of `slabfuzz ci`. */
export interface CiConfig {
  /** The fast part only. */
  readonly quick?: boolean;
  /** How long the campaign at the end takes: such as `30s`; a number counts seconds. */
  readonly time?: string | number;
  /** Folder of the regression corpus; `corpus` if there is one. */
  readonly corpus?: string;
  /** File of the answers to the golden programs; `slabfuzz.golden.json` if there is one. */
  readonly golden?: string;
  /** File of what operations cost; `slabfuzz.cost.json` if there is one. */
  readonly cost?: string;
  /** Percent by which an operation may become dearer. */
  readonly costTolerance?: number;
  /** Folder for what reports are written to. */
  readonly out?: string;
  /** Sections to run, all by default. */
  readonly sections?: readonly SectionName[];
}

/** Gives the object back as it is; an editor knows its fields from here on. */
export function defineConfig(config: FuzzConfig): FuzzConfig {
  return config;
}
