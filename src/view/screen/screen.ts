// The view of a program as a screen of text: what the operation at hand does, a map of the slab
// that it is about, the free lists, and where belief and truth differ. A function of its arguments,
// so that a test needs no terminal.
import { wrapped } from "../../base/text_lines.ts";
import type { Playback } from "../page/playback.ts";
import { placesOf, touchedPlace } from "../page/words.ts";
import type { Difference } from "../trace.ts";
import { type HeapMap, MAP_LEGEND, mapOf } from "./heap_map.ts";
import { painted, type ScreenLine, type ScreenPaint } from "./line.ts";

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** What is looked at, beside the operation. */
export interface Outlook {
  /** Slabs behind the one that the operation is about. */
  readonly place: number;
  /** Objects below those that the operation is about. */
  readonly scroll: number;
  /** What stands in the last line instead of the keys. */
  readonly prompt: string | undefined;
}

export const STRAIGHT: Outlook = { place: 0, scroll: 0, prompt: undefined };

/** A smaller terminal shows what stands at the top. */
const MAP_ROWS_MIN = 4;
const SAYS_ROWS_MAX = 4;
const KERNEL_ROWS_MAX = 3;
const DIFFERENCE_ROWS_MAX = 4;
const STRIP_WIDTH = 30;
/** Beside a strip stand the number of an object, its letter and its state. */
const BESIDE_STRIP = 42;

const KEYS = "n next  p back  g go to  / find  up, down: objects  tab: slabs  q quit";

/** What is drawn. */
interface Screen {
  /** As many as the terminal has rows at most, none wider than it. */
  readonly lines: readonly string[];
  /** How far the map is scrolled: not beyond its ends. */
  readonly scroll: number;
}

export function screenOf(
  playback: Playback,
  { columns, rows }: ScreenSize,
  outlook: Outlook,
  paint: ScreenPaint,
): Screen {
  const head = headLines(playback, columns);
  const foot: readonly ScreenLine[] = [
    [[MAP_LEGEND, "soft"]],
    [[outlook.prompt ?? KEYS, outlook.prompt === undefined ? "soft" : "title"]],
  ];
  const room = rows - head.length - foot.length;
  const body = bodyOf(playback, { columns, rows: room }, outlook);
  const lines = [...head, ...body.lines].slice(0, rows - foot.length);
  return {
    lines: [...lines, ...foot].map((line) => painted(line, columns, paint)),
    scroll: body.scroll,
  };
}

/** What the operation is, what it answers, what it does, and what the kernel says of it. */
function headLines({ trace, at }: Playback, columns: number): readonly ScreenLine[] {
  const { text, result, says, kernel } = trace.ops[at];
  const sentence = wrapped(`op ${at} ${says}.`, columns - 1, "  ");
  const isLong = sentence.length > SAYS_ROWS_MAX;
  const shown = sentence.slice(0, SAYS_ROWS_MAX);
  if (isLong) shown.push(`${shown.pop()} ...`);
  const marks = Object.entries(trace.jumps).flatMap(([what, op]) => (op === at ? [what] : []));
  const more = kernel.length - KERNEL_ROWS_MAX;
  return [
    [
      [`op ${at} of ${trace.ops.length - 1}: ${text}`, "title"],
      [marksText(marks), "hurt"],
    ],
    [[`=> ${result}`]],
    ...shown.map((line): ScreenLine => [[line]]),
    ...kernel.slice(0, KERNEL_ROWS_MAX).map((line): ScreenLine => [[`| ${line}`, "kernel"]]),
    ...(more > 0 ? [[[`| ${more} lines more`, "kernel"]] satisfies ScreenLine] : []),
  ];
}

function marksText(marks: readonly string[]): string {
  return marks.length === 0 ? "" : `  [${marks.join(", ")}]`;
}

interface Part {
  readonly lines: readonly ScreenLine[];
  readonly scroll: number;
}

function bodyOf(playback: Playback, size: ScreenSize, outlook: Outlook): Part {
  const differences = differenceLines(playback);
  const places = placesOf(playback);
  if (places.length === 0) {
    return { lines: [[["no slab yet", "soft"]], ...differences], scroll: 0 };
  }
  const from = places.indexOf(touchedPlace(playback, places) ?? places[0]);
  const at = (from + outlook.place) % places.length;
  const strip = Math.max(0, Math.min(STRIP_WIDTH, size.columns - BESIDE_STRIP));
  const map = mapOf(playback, places[at], strip);
  const which = places.length === 1 ? "" : ` (${at + 1} of ${places.length})`;
  const rest = [...map.lists, ...differences];
  const room = Math.max(MAP_ROWS_MIN, size.rows - rest.length - 1);
  const { lines, scroll } = windowOf(map, room, outlook.scroll);
  return { lines: [[[`${map.title}${which}`, "title"]], ...lines, ...rest], scroll };
}

/** The objects around the one that the operation is about, as many as there is room for. */
function windowOf({ lines, focus }: HeapMap, room: number, scroll: number): Part {
  if (lines.length <= room) return { lines, scroll: 0 };
  const middle = focus - Math.floor(room / 2);
  const most = lines.length - (room - 1);
  const first = Math.max(0, Math.min(most, middle + scroll));
  const end = first + room - 1;
  const where: ScreenLine = [[`      lines ${first} to ${end - 1} of ${lines.length}`, "soft"]];
  return { lines: [...lines.slice(first, end), where], scroll: first - middle };
}

function differenceLines(playback: Playback): readonly ScreenLine[] {
  const all = playback.get<readonly Difference[]>("x") ?? [];
  const shown = all
    .slice(0, DIFFERENCE_ROWS_MAX)
    .map(({ text }): ScreenLine => [[`! ${text}`, "hurt"]]);
  const more = all.length - DIFFERENCE_ROWS_MAX;
  return more > 0 ? [...shown, [[`! ${more} more`, "hurt"]]] : shown;
}
