// A report whose first lines are missing: what was wrong follows from its end, where the kernel
// says what it puts right, or from the bytes of its dump.
import { POISON_FREE } from "../../abi.ts";
import { isRed, mostlyRed } from "../red_zone.ts";
import type { DumpRow, Report } from "../report.ts";
import { overwrittenWith, type Title, titleOf } from "../wording.ts";
import { longPattern } from "./pattern.ts";
import { reportAt } from "./report_at.ts";
import type { LogLine } from "./unwrap.ts";

const RESTORING = longPattern(
  "^Restoring (?:([A-Za-z ]{1,30}) )?",
  "(0x[0-9a-f]{1,16})-(0x[0-9a-f]{1,16})=(0x[0-9a-f]{2})",
);

/** What came of the lines: a report, or lines that belong to none. */
interface Ended {
  readonly report: Report | undefined;
  readonly lines: readonly LogLine[];
}

export class HeadlessReport {
  #report: Report | undefined;
  #lines: LogLine[] = [];

  /** Of the report that is open; none is very far before any line. */
  get lastLine(): number {
    return this.#report?.lastLine ?? Number.POSITIVE_INFINITY;
  }

  /** The report that a line goes on with. */
  take(line: LogLine): Report {
    this.#report ??= reportAt(line, { check: "slab-bug", kind: "" });
    this.#lines.push(line);
    return this.#report;
  }

  close(): Ended {
    const report = this.#report;
    const lines = this.#lines;
    this.#report = undefined;
    this.#lines = [];
    const title = report && titleFrom(report);
    if (report === undefined || title === undefined) return { report: undefined, lines };
    return { report: { ...report, ...title, isHeadless: true }, lines };
  }
}

function titleFrom(report: Report): Title | undefined {
  const said = report.kind === "" ? undefined : { check: report.check, kind: report.kind };
  return titleOfRepair(report) ?? titleOfRange(report) ?? titleOfDump(report) ?? said;
}

function titleOfRepair(report: Report): Title | undefined {
  for (const fix of report.fixes) {
    const [, part, from, to, byte] = RESTORING.exec(fix) ?? [];
    if (from === undefined) continue;
    const was = Number(byte);
    if (report.ranges.length === 0) {
      report.ranges.push({
        from: BigInt(from),
        to: BigInt(to),
        slabOffset: undefined,
        is: -1,
        was,
      });
    }
    return titleOf(part === undefined ? overwrittenWith(was) : `${part} overwritten`);
  }
  return undefined;
}

function titleOfRange({ ranges }: Report): Title | undefined {
  const [range] = ranges;
  return range && titleOf(overwrittenWith(range.was));
}

/** Which part of the dump holds bytes that do not belong there. */
function titleOfDump({ rows }: Report): Title | undefined {
  const zone = rows.find((row) => row.section === "Redzone" && isMixed(row));
  if (zone !== undefined) return titleOf(overwrittenWith(mostlyRed(zone.bytes)));
  const object = rows.filter(({ section }) => section === "Object").flatMap((row) => row.bytes);
  const poisoned = object.filter((byte) => byte === POISON_FREE).length;
  const isWritten = poisoned * 2 > object.length && poisoned < object.length - 1;
  return isWritten ? titleOf(overwrittenWith(POISON_FREE)) : undefined;
}

function isMixed({ bytes }: DumpRow): boolean {
  return bytes.some((byte) => byte !== bytes[0]) && bytes.some(isRed);
}
