// How much of what was recorded the simulator reproduces: counts by kernel, family and variant, and
// how many lines needed a rule of comparison.
import { bootOf, familyOf, type KernelName, loadArchive, type Recording } from "./archive.ts";
import type { RuleNumber } from "./compare_rules.ts";
import { replayRecording } from "./replayer.ts";

/** Recordings of one family in one variant. */
export interface FamilyCount {
  readonly family: string;
  readonly variant: string;
  readonly identical: number;
  readonly all: number;
}

export interface KernelCount {
  readonly kernel: KernelName;
  readonly recordings: number;
  /** Names of recordings that do not replay identically. */
  readonly differing: readonly string[];
  readonly families: readonly FamilyCount[];
  readonly operations: number;
  readonly lines: number;
  /** Lines that differ only in where an object of a shared cache lies. */
  readonly moved: number;
  readonly excused: ReadonlyMap<RuleNumber, number>;
}

/** Replays every recording of a kernel. */
export function measureKernel(kernel: KernelName): KernelCount {
  const { recordings } = loadArchive(kernel);
  const replayed = recordings.map((recording) => replayRecording(recording, kernel).comparison);
  const isDifferent = (i: number): boolean => !replayed[i].equal;
  return {
    kernel,
    recordings: recordings.length,
    differing: recordings.filter((_, i) => isDifferent(i)).map(({ name }) => name),
    families: countFamilies(recordings, isDifferent),
    operations: sum(replayed.map(({ compared }) => compared)),
    lines: sum(replayed.map(({ lines }) => lines)),
    moved: sum(replayed.map(({ moved }) => moved)),
    excused: addUp(replayed.flatMap(({ excused }) => [...excused])),
  };
}

/** Lines that needed a rule, of all lines. */
export function excusedShare(counts: readonly KernelCount[]): number {
  const excused = sum(counts.flatMap((count) => [...count.excused.values()]));
  return excused / sum(counts.map(({ lines }) => lines));
}

/** The variant that a recording was made on. */
function variantOf(recording: Recording): string {
  return bootOf(recording).split(" ")[0];
}

function countFamilies(
  recordings: readonly Recording[],
  isDifferent: (index: number) => boolean,
): FamilyCount[] {
  const counts = new Map<string, FamilyCount>();
  for (const [i, recording] of recordings.entries()) {
    const [family, variant] = [familyOf(recording), variantOf(recording)];
    const key = `${family} ${variant}`;
    const { identical, all } = counts.get(key) ?? { identical: 0, all: 0 };
    const good = isDifferent(i) ? 0 : 1;
    counts.set(key, { family, variant, identical: identical + good, all: all + 1 });
  }
  return [...counts.values()];
}

function addUp(pairs: readonly (readonly [RuleNumber, number])[]): Map<RuleNumber, number> {
  const total = new Map<RuleNumber, number>();
  for (const [rule, count] of pairs) total.set(rule, (total.get(rule) ?? 0) + count);
  return total;
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
