// Replays recordings and compares them with what the kernel said.
import { SlabHeap } from "../../src/slub/core/heap.ts";
import { machineFor } from "../../src/slub/program/boot.ts";
import { parseScript } from "../../src/slub/program/text.ts";
import { replay } from "../../src/slub/run/replay.ts";
import { LogWriter } from "../../src/slub/words/log.ts";
import { goldenLines, type KernelName, type Recording } from "./archive.ts";
import { type Comparison, compareLogs } from "./compare.ts";

/** A recording, replayed. */
export interface Replayed {
  readonly recording: Recording;
  readonly expected: readonly string[];
  readonly actual: readonly string[];
  readonly comparison: Comparison;
}

let heap: SlabHeap | undefined;

/** Replays a script on the kernel that it was recorded on; the lines of its log. */
export function replayLines(recording: Recording, kernel: KernelName): string[] {
  heap ??= new SlabHeap();
  const program = parseScript(recording.script, recording.name);
  const machine = machineFor(program, { profile: kernel });
  const writer = new LogWriter(machine);
  const lines: string[] = [];
  for (const step of replay(program, machine, { heap })) lines.push(...writer.lines(step));
  return lines;
}

/** Replays and compares. */
export function replayRecording(recording: Recording, kernel: KernelName): Replayed {
  const expected = goldenLines(recording);
  const actual = replayLines(recording, kernel);
  const comparison = compareLogs(expected, actual, { profile: kernel });
  return { recording, expected, actual, comparison };
}
