// Dumps that pstore keeps in parts, of which the first holds the end of the log.
import type { RawLine } from "./splitter.ts";

const PART =
  /^(?:Oops|Panic|Emergency|Restart|Halt|Poweroff|Shutdown|Unknown)#(\d{1,9}) Part(\d{1,4})\s*$/;

interface Part {
  readonly dump: string;
  readonly number: number;
  readonly lines: RawLine[];
}

/** The lines in the order of time; those of other logs as they are. */
export function inOrderOfParts(lines: readonly RawLine[]): readonly RawLine[] {
  const parts: Part[] = [{ dump: "", number: 0, lines: [] }];
  for (const line of lines) {
    const [, dump, number] = PART.exec(line.text) ?? [];
    if (dump !== undefined) parts.push({ dump, number: Number(number), lines: [] });
    parts.at(-1)!.lines.push(line);
  }
  if (parts.length < 3) return lines;
  // Sorting keeps the dumps where they are, and the order of parts that stand in that of time.
  const first = new Map<string, number>();
  parts.forEach(({ dump }, i) => {
    if (!first.has(dump)) first.set(dump, i);
  });
  const placeOf = ({ dump }: Part): number => first.get(dump)!;
  const sorted = [...parts].sort((a, b) => placeOf(a) - placeOf(b) || b.number - a.number);
  return sorted.flatMap((part) => part.lines);
}
