// The log that a program makes the core print: the kernel's lines, operation by operation.
import { heapFor } from "../slub/named_core.ts";
import { machineFor } from "../slub/program/boot.ts";
import { replay } from "../slub/run/replay.ts";
import type { SlubProgram } from "../slub/slub_program.ts";
import { transcriptReader } from "../slub/words/transcript.ts";

/** What the kernel of a program prints, with the operation that each line comes from. */
export interface PrintedLog {
  readonly lines: readonly string[];
  /** The operation of each line, counted from 0. */
  readonly ops: readonly number[];
}

export function printedLogOf({ program, core }: SlubProgram): PrintedLog {
  const machine = machineFor(program);
  const read = transcriptReader(machine);
  const lines: string[] = [];
  const ops: number[] = [];
  for (const step of replay(program, machine, { heap: heapFor(core) })) {
    for (const line of read(step).kernel) {
      lines.push(line);
      ops.push(step.index);
    }
  }
  return { lines, ops };
}
