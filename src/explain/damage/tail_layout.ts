// The parts of a slot behind its object, as the kernel of the log and its debug options lay them
// out: red zone, free pointer, tracks.
import { versionNumber } from "../machine.ts";
import type { Report } from "../report.ts";
import { shownOptionsOf } from "./shown_options.ts";

/** Where the parts of a track lie in it. */
interface TrackLayout {
  readonly cpu: number;
  readonly pid: number;
  readonly when: number;
  readonly bytes: number;
}

export interface TailLayout {
  /** Of the free pointer, from the object; undefined where it lies inside of it. */
  readonly freePointer: number | undefined;
  /** Of the track of the allocation; that of the free follows. */
  readonly tracks: number;
  readonly track: TrackLayout;
}

/** From this kernel on, a track holds the number of a stack, not its addresses. */
const STACK_DEPOT = 5018;
const TRACK_STACKS = 3001;
const STACK_WORDS = 16;
/** From this kernel on, the bytes of kmalloc() that were not asked for are a red zone. */
const SLACK = 6002;

function trackLayout(kernel: string | undefined, word: number): TrackLayout {
  const version = versionNumber(kernel) ?? STACK_DEPOT;
  const hasDepot = version >= STACK_DEPOT;
  const stack = hasDepot ? 4 : version >= TRACK_STACKS ? STACK_WORDS * word : 0;
  const cpu = word + stack;
  const when = upTo(cpu + 8, word);
  return { cpu, pid: cpu + 4, when, bytes: when + word };
}

function upTo(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

/** The layout that a report shows; undefined if it does not show the object's size. */
export function tailLayoutOf(report: Report, word: 4 | 8): TailLayout | undefined {
  const { objectSize, kernel, cache } = report;
  if (objectSize === undefined) return undefined;
  const { zone, poison } = shownOptionsOf(report);
  const aligned = upTo(objectSize, word);
  const end = aligned + (zone && aligned === objectSize ? word : 0);
  // A red zone within the objects of kmalloc() leaves no room for a pointer there.
  const isSlack = zone && cache?.startsWith("kmalloc-") === true;
  const isOutside = poison || (isSlack && (versionNumber(kernel) ?? SLACK) >= SLACK);
  return {
    freePointer: isOutside ? end : undefined,
    tracks: end + (isOutside ? word : 0),
    track: trackLayout(kernel, word),
  };
}
