// Which of our kernels a log is replayed on, and with which debug options it ran.
import { versionNumber } from "../machine.ts";
import type { LogReading, Report } from "../report.ts";

export type ReplayProfile = "v3.10" | "v6.1" | "v6.12";

/** The kernel of ours that is nearest to the one of the log. */
export function nearestProfile(kernel: string | undefined): ReplayProfile {
  const version = versionNumber(kernel) ?? 6001;
  if (version < 5000) return "v3.10";
  return version < 6006 ? "v6.1" : "v6.12";
}

/** The letters that the parts of a report prove, and those that its check needs. */
export function lettersOf(report: Report): string {
  const { check, rows, tracks } = report;
  const has = (section: string): boolean => rows.some((row) => row.section === section);
  if (/not a Slab page/.test(report.kind)) return "F";
  const isLive = /oops|kfree-page|^list|hardened|^count/.test(check);
  if (isLive) return "";
  const zone = has("Redzone") || /redzone/.test(check);
  const poison = has("Padding") || /^(?:poison|padding|slab-padding)$/.test(check);
  return `F${zone ? "Z" : ""}${poison ? "P" : ""}${tracks.length > 0 ? "U" : ""}`;
}

/** The first lines of a script for this log. */
export function headOf(report: Report, reading: LogReading): string {
  const profile = nearestProfile(report.kernel ?? reading.machine.kernel);
  const isList = reading.reports.some(({ check }) => check === "list");
  const up = isList ? "updl" : report.check === "hardened-free" ? "smph" : "up";
  const variant = profile === "v3.10" ? "v310" : up;
  const letters = lettersOf(report);
  const boot = letters === "" ? variant : `${variant} slub_debug=${letters}`;
  return `# boot: ${boot}\n# profile: ${profile}\n`;
}
