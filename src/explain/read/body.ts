// The lines of a report behind its title: the slab, the object, who had it, the rows of its dump,
// and what the kernel puts right.
import type { Report } from "../report.ts";
import { ADDRESS, bytesOfRow, pointerOf } from "./numbers.ts";
import { longPattern } from "./pattern.ts";

const TRACK = longPattern(
  String.raw`\b(Allocated|Freed) in (\S{1,120}?)(?:\+0x[0-9a-f]+/0x[0-9a-f]+)?(?:`,
  String.raw` \[[\w-]{1,60}\])? age=(\d{1,20}) cpu=(\d{1,10}) pid=(-?\d{1,10})`,
);
const SLAB = /\bSlab 0x\S+ objects=(\d+) used=(\d+) fp=(0x ?\s*\(null\)|\S+)/;
const OBJECT = longPattern(
  String.raw`\bObject (0x${ADDRESS}) @offset=(\d{1,20})`,
  String.raw`(?: fp=(0x ?\s*\(null\)|\S+))?`,
);
const ROW = longPattern(
  String.raw`\b(Redzone|Object|Padding|Bytes b4|Section) +(?:0x)?`,
  String.raw`([0-9a-f]{3,16}|\(_{0,4}ptrval_{0,4}\)):`,
  " {1,4}((?:[0-9a-f]{2} ?)+.{0,60})",
);
const FIX = /\bFIX (\S{1,80}(?: \S{1,40})?): (.{1,200})/;
const LINES = [TRACK, SLAB, OBJECT, ROW, FIX];

const FIXES_MAX = 50;
const ROWS_MAX = 4096;
const TRACKS_MAX = 8;

export function isBodyLine(text: string): boolean {
  return LINES.some((pattern) => pattern.test(text));
}

/** Takes a line of a report's body. Returns whether a trace has ended with it. */
export function takeBody(report: Report, text: string): boolean {
  const row = ROW.exec(text);
  if (row !== null && takeRow(report, row)) return true;
  const track = TRACK.exec(text);
  if (track !== null) return takeTrack(report, track);
  const slab = SLAB.exec(text);
  if (slab !== null && report.used === undefined) {
    report.slabObjects = Number(slab[1]);
    report.used = Number(slab[2]);
    report.slabFreePointer = pointerOf(slab[3]);
  }
  const object = OBJECT.exec(text);
  if (object !== null) takeObject(report, object);
  const fix = FIX.exec(text);
  if (fix !== null && report.fixes.length < FIXES_MAX) {
    report.cache ??= fix[1];
    report.fixes.push(fix[2]);
  }
  return object !== null || slab !== null;
}

function takeRow(report: Report, [, section, address, text]: RegExpExecArray): boolean {
  const bytes = bytesOfRow(text);
  if (bytes.length === 0 || report.rows.length > ROWS_MAX) return false;
  report.rows.push({ section, address: pointerOf(address) ?? 0n, bytes });
  return true;
}

function takeTrack(report: Report, [, what, by, age, cpu, pid]: RegExpExecArray): boolean {
  if (report.tracks.length < TRACKS_MAX) {
    const kind = what === "Allocated" ? "allocated" : "freed";
    report.tracks.push({ what: kind, by, age: BigInt(age), cpu: Number(cpu), pid: Number(pid) });
  }
  return true;
}

function takeObject(report: Report, [, address, offset, fp]: RegExpExecArray): void {
  if (report.check === "remaining") report.objectsLeft += 1;
  if (report.object !== undefined) return;
  report.object = pointerOf(address);
  report.slabOffset = Number(offset);
  if (fp !== undefined) report.freePointer = pointerOf(fp);
}
