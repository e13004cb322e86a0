// Where a program runs that is to print a report of a log: which of our kernels, in which
// configuration, with which debug options.
import { OPTION_SETS } from "../../compare/option_sets.ts";
import type { ProfileName } from "../../slub/program/op.ts";
import { shownOptionsOf } from "../damage/shown_options.ts";
import { versionNumber } from "../machine.ts";
import type { LogReading, Report } from "../report.ts";

export interface Setting {
  readonly profile: ProfileName;
  readonly variant: string;
  /** `-` for none. */
  readonly letters: string;
  /** What the size of slabs depends on; the variant's own number is undefined. */
  readonly cpus?: number;
  /** The options that CONFIG_... lines of the user set, as `# config:` says them. */
  readonly config: string;
}

/** What the user says of the kernel of the log. */
export interface SettingWish {
  readonly profile?: ProfileName;
  readonly config?: string;
}

/** The kernel of ours that is nearest to one of this version, such as 5004 for 5.4. */
function nearestProfile(version: number): ProfileName {
  if (version < 5000) return "v3.10";
  if (version < 6006) return "v6.1";
  return version < 7000 ? "v6.12" : "v7.3";
}

const VERSION_UNKNOWN = 6001;

/** The kernel of ours for the version that the log names, or whose words it has. */
export function profileOf(report: Report, { machine }: LogReading): ProfileName {
  const named = versionNumber(report.kernel ?? machine.kernel);
  return nearestProfile(named ?? machine.wording ?? VERSION_UNKNOWN);
}

/** Settings that may print the report, the likeliest first. */
export function settingsFor(
  report: Report,
  reading: LogReading,
  { profile: wanted, config = "" }: SettingWish,
): Setting[] {
  const profile = wanted ?? profileOf(report, reading);
  return variantsFor(report, reading, profile).flatMap((variant) =>
    lettersFor(report).map((letters) => ({ profile, variant, letters, config })),
  );
}

function variantsFor(
  { check }: Report,
  { reports }: LogReading,
  profile: ProfileName,
): readonly string[] {
  if (profile === "v3.10") return ["v310"];
  if (reports.some((report) => report.check === "list")) return ["updl"];
  if (check === "hardened-free") return ["smph"];
  return isSilent(check) ? ["up", "smp", "smph"] : ["up", "smph"];
}

/** Checks whose reports do not show which debug options were on. */
function isSilent(check: Report["check"]): boolean {
  return /oops|kfree-page|^list|hardened|^count|^slab-bug|^pointer|^wrong-cache/.test(check);
}

/** The letters that the parts of a report prove come first. */
function lettersFor(report: Report): readonly string[] {
  const { zone, poison, tracks } = shownOptionsOf(report);
  const shown = `${zone ? "Z" : ""}${poison ? "P" : ""}${tracks ? "U" : ""}`;
  const holds = (set: string): boolean => [...shown].every((letter) => set.includes(letter));
  // What speaks with no option at all is the likeliest with none.
  const isChecked = !isSilent(report.check) || /^(?:count|pointer)/.test(report.check);
  const first = isChecked ? [`F${shown}`, shown] : [];
  return [...new Set([...first, ...OPTION_SETS.filter(holds)])].filter((set) => set !== "");
}

/** The boot line; the letters are those of one cache if it has a name. */
export function bootOf({ variant, letters }: Setting, cache = ""): string {
  if (letters === "-") return variant;
  return `${variant} slub_debug=${letters}${cache === "" ? "" : `,${cache}`}`;
}

/** The first lines of a script. */
export function headOf(setting: Setting, cache: string): string {
  const { profile, config, cpus } = setting;
  const lines = [`# boot: ${bootOf(setting, cache)}`, `# profile: ${profile}`];
  if (cpus !== undefined) lines.push(`# cpus: ${cpus}`);
  if (config !== "") lines.push(`# config: ${config}`);
  return `${lines.join("\n")}\n`;
}
