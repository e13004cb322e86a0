// The answer as data for --json: the contract of docs/explain.md.
import { hex64 } from "../base/hex.ts";
import type { Explanation } from "./explain.ts";
import type { FoundProgram } from "./program/search.ts";
import type { Report, Track, WrongBytes } from "./report.ts";
import { sentenceOf } from "./sentence.ts";

export function explainRecord({ reading, causes, program, options }: Explanation): object {
  const { arch } = reading.machine;
  return {
    reports: reading.reports.map((report) => ({ ...reportRecord(report), arch: arch ?? null })),
    causes,
    program: program === undefined ? null : programRecord(program),
    options,
    unplaced: reading.unplaced,
    others: reading.others,
  };
}

function reportRecord(report: Report): object {
  const { kind, words, firstLine, lastLine, offset, causedBy } = report;
  return {
    kind,
    check: report.check,
    words,
    says: sentenceOf(report),
    kernel: report.kernel ?? null,
    cache: report.cache ?? null,
    object: address(report.object),
    objectName: report.objectName ?? null,
    objectSize: report.objectSize ?? null,
    freePointer: address(report.freePointer),
    faultAddress: address(report.faultAddress),
    seconds: report.seconds ?? null,
    tracks: report.tracks.map(trackRecord),
    damage: report.damage.map(damageRecord),
    lines: [firstLine, lastLine],
    offset,
    lost: report.lost,
    causedBy,
  };
}

function programRecord({ script, token, identical, differences }: FoundProgram): object {
  return { script, token, identical, differences };
}

function address(value: bigint | undefined): string | null {
  return value === undefined ? null : `0x${hex64(value)}`;
}

function trackRecord({ age, ...track }: Track): object {
  return { ...track, age: String(age) };
}

function damageRecord({ offset, ...damage }: WrongBytes): object {
  return { offset: offset ?? null, ...damage };
}
