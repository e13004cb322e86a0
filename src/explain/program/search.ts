// The shortest program that prints the report of a log, or the nearest to it.
import { processCpuMs } from "../../base/clock.ts";
import { hex64 } from "../../base/hex.ts";
import { UserError } from "../../base/user_error.ts";
import type { SlubProgram } from "../../slub/slub_program.ts";
import { tokenOfScript } from "../../targets/script_token.ts";
import { kernelProgram, programOfScript } from "../../targets/targets.ts";
import { printedLogOf } from "../printed.ts";
import { readingOfLines } from "../reading.ts";
import type { LogReading, Report, WrongBytes } from "../report.ts";
import type { SettingWish } from "./setting.ts";
import { type CandidateScript, scriptsFor } from "./templates.ts";

/** A program, and how its report differs from that of the log. */
export interface FoundProgram extends CandidateScript {
  readonly token: string;
  readonly identical: boolean;
  readonly differences: readonly string[];
}

/** Tries programs for the first report of a log; nothing where none prints a report at all. */
export async function programFor(
  reading: LogReading,
  effort: number,
  wish: SettingWish = {},
): Promise<FoundProgram | undefined> {
  const [report] = reading.reports;
  const found: FoundProgram[] = [];
  const end = processCpuMs() + 1000 * effort;
  for (const candidate of scriptsFor(report, reading, wish)) {
    if (processCpuMs() > end) break;
    const { script } = candidate;
    const differences = await differencesOf(script, reading);
    if (differences === undefined) continue;
    const identical = differences.length === 0;
    found.push({ ...candidate, token: tokenOfScript(script), identical, differences });
    if (differences.length === 0) break;
  }
  return found.sort((a, b) => a.differences.length - b.differences.length).at(0);
}

async function differencesOf(
  script: string,
  reading: LogReading,
): Promise<readonly string[] | undefined> {
  const printed = await printedBy(script);
  const [first] = printed?.reports ?? [];
  if (printed === undefined || first === undefined) return undefined;
  const crash = reading.reports.find(
    ({ causedBy, check }) => causedBy !== null && /oops/.test(check),
  );
  const ending = printed.reports.at(-1);
  return [
    ...reportDifferences(reading.reports[0], first),
    ...(crash === undefined || ending === undefined ? [] : reportDifferences(crash, ending)),
  ];
}

/** The reports that a script prints; undefined for a script that cannot run. */
async function printedBy(text: string): Promise<LogReading | undefined> {
  try {
    const source = { name: "program", file: "program.slab", text };
    const program: SlubProgram = await kernelProgram(await programOfScript(source), "explain");
    return readingOfLines(printedLogOf(program).lines);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** What two reports say differently; addresses may lie elsewhere. */
function reportDifferences(log: Report, printed: Report): string[] {
  const isPlaced = [log, printed].every(({ damage }) => damage.at(0)?.offset !== undefined);
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ["check", log.kind.replace(/ in .*/, ""), printed.kind.replace(/ in .*/, "")],
    ["function", functionOf(log), functionOf(printed)],
    ["numbers", numbersOf(log), numbersOf(printed)],
    ["cache", log.cache, printed.cache ?? log.cache],
    ["object size", log.objectSize ?? printed.objectSize, printed.objectSize ?? log.objectSize],
    ["objects of a slab", log.slabObjects, printed.slabObjects ?? log.slabObjects],
    ["free pointer", linkOf(log), isLinkAlike(log, printed) ? linkOf(log) : linkOf(printed)],
    ["list field", log.list?.field, printed.list?.field],
    ["bytes", bytesText(log.damage, isPlaced), bytesText(printed.damage, isPlaced)],
  ];
  return pairs
    .filter(([, of, ours]) => of !== ours)
    .map(([what, of, ours]) => `${what}: ${of ?? "none"} in the log, ${ours ?? "none"} here`);
}

/** The numbers in the words of a check that counts. */
function numbersOf({ check, words, objectsLeft }: Report): string | undefined {
  if (check === "remaining") return objectsLeft === 0 ? undefined : String(objectsLeft);
  if (check !== "count") return undefined;
  const said = /\)\s?: ?(.*)$/.exec(words)?.[1] ?? words;
  return (said.replace(/0x[0-9a-f]+/g, "").match(/\d+/g) ?? []).join(" ");
}

function functionOf({ kind }: Report): string | undefined {
  return / in (\w+)/.exec(kind)?.[1];
}

/** Of a free pointer that was overwritten in part, the rest is an address, which may differ. */
function isLinkAlike(log: Report, printed: Report): boolean {
  const [one, other] = [log, printed].map(({ damage }) =>
    damage.find(({ role }) => role === "free pointer"),
  );
  return one !== undefined && one.is === other?.is && one.offset === other.offset;
}

/** A free pointer that a check named, or the address that following one led to. */
function linkOf({ check, freePointer, faultAddress }: Report): string | undefined {
  const value = check === "free-pointer" ? freePointer : faultAddress;
  return value === undefined ? undefined : hex64(value);
}

function bytesText(damage: readonly WrongBytes[], isPlaced: boolean): string {
  return damage
    .filter(({ role }) => role !== "free pointer")
    .map(({ offset, role, is }) => `${role} ${isPlaced ? (offset ?? "?") : "somewhere"} ${is}`)
    .join(", ");
}
