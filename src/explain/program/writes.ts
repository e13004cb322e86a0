// The writes that leave the damaged bytes of a report.
import type { ByteRole, Report } from "../report.ts";

/** Of one line of a script, in hexadecimal digits. */
const WRITE_DIGITS = 2 * 128;

/** Bytes that a program does not write at a place of its object. */
const ELSEWHERE: ReadonlySet<ByteRole> = new Set(["list node", "slab padding"]);

/** Writes into the object `o`. */
export function writesOf({ damage }: Pick<Report, "damage">): string[] {
  return damage.flatMap(({ offset, role, is }) =>
    offset === undefined || ELSEWHERE.has(role) ? [] : writesAt("o", offset, is),
  );
}

/** Writes of many bytes, in lines of a script that are not too long. */
export function writesAt(target: string, offset: number, hex: string): string[] {
  const lines: string[] = [];
  for (let at = 0; at < hex.length; at += WRITE_DIGITS) {
    lines.push(`write ${target} ${offset + at / 2} ${hex.slice(at, at + WRITE_DIGITS)}`);
  }
  return lines;
}
