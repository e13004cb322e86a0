// Tracks that cannot be true were overwritten, and so show what was written: a function that is no
// code, a CPU that no machine has, a time before the machine was born.
import type { Report, Track } from "../report.ts";
import type { ValueContext } from "./looks.ts";
import type { Run } from "./run.ts";
import { tailLayoutOf } from "./tail_layout.ts";
import { bytesOfNumber, bytesOfWord, isPointer } from "./word.ts";

const CPUS_MAX = 8192;
const CPUS_USUAL = 1024;

/** Ages beyond this are differences below zero. */
const AGE_MAX = 1n << 62n;

export function trackRuns(report: Report, context: ValueContext): Run[] {
  const layout = tailLayoutOf(report, context.wordBytes);
  if (layout === undefined) return [];
  return report.tracks.flatMap((track) => {
    const at = layout.tracks + (track.what === "freed" ? layout.track.bytes : 0);
    const { cpu, when } = layout.track;
    return [
      ...runsIf(isNoCode(track, context), at, () => bytesOfWord(BigInt(track.by), context)),
      ...runsIf(isNoCpu(track), at + cpu, () => bytesOfNumber(track.cpu, context)),
      ...timeRuns(track, at + when, context),
    ];
  });
}

function runsIf(condition: boolean, offset: number, bytesOf: () => number[]): Run[] {
  return condition ? [{ offset, role: "track", was: -1, bytes: bytesOf() }] : [];
}

function isNoCode({ by }: Track, { wordBytes }: ValueContext): boolean {
  return /^0x[0-9a-f]{1,16}$/.test(by) && by !== "0x0" && !isPointer(BigInt(by), wordBytes);
}

function isNoCpu({ cpu, age }: Track): boolean {
  return cpu >= CPUS_MAX || (cpu >= CPUS_USUAL && age > AGE_MAX);
}

/** The kernel's clock begins five minutes before the overflow of 32 bits. */
const CLOCK_START = 1n << 32n;

/** Of a time that is far too late only its upper half is known, because the present is not. */
function timeRuns({ age }: Track, at: number, context: ValueContext): Run[] {
  const { wordBytes, isBigEndian } = context;
  if (age <= AGE_MAX || wordBytes === 4) return [];
  const upper = Number(BigInt.asUintN(64, CLOCK_START - age) >> 32n);
  const offset = isBigEndian ? at : at + 4;
  return [{ offset, role: "track", was: -1, bytes: bytesOfNumber(upper, context) }];
}
