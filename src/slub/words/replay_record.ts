// A replay as a record: what `slabfuzz replay --format json` prints and what the library returns.
import { Status } from "../../abi.ts";
import { bootLineOf } from "../program/boot_line.ts";
import type { Machine } from "../program/machine.ts";
import type { Case } from "../run/case.ts";
import { deathOf, headlineOf, type TranscriptOp } from "./transcript.ts";

/** One operation of a record. */
interface OperationRecord {
  readonly op: number;
  readonly text: string;
  readonly result: string;
  readonly pointer?: string;
  /** Lines of the kernel log. */
  readonly kernel: readonly string[];
}

export interface ReplayRecord {
  readonly source: string;
  readonly profile: string;
  readonly boot: string;
  readonly cpus: number;
  readonly operations: readonly OperationRecord[];
  /** The operation that caused the first report, and what that said. */
  readonly firstReport: { readonly op: number; readonly text: string } | null;
  readonly end: "completed" | "crash" | "hang";
  /** The cause of the machine's death. */
  readonly death: string | null;
  readonly verdict: string;
  readonly signature: string;
  readonly impact: string;
  /** What was expected of the checks, and what was damaged: see src/slub/run/case.ts. */
  readonly expected: Case["expected"];
  readonly mistakeAt: Case["mistakeAt"];
  readonly damage: Case["damage"];
  readonly digest: string;
}

interface RecordParts {
  readonly source: string;
  readonly machine: Machine;
  readonly ops: readonly TranscriptOp[];
  readonly judged: Case;
}

export function replayRecord({ source, machine, ops, judged }: RecordParts): ReplayRecord {
  const last = ops.at(-1);
  return {
    source,
    profile: machine.profile,
    boot: bootLineOf(machine),
    cpus: machine.nrCpuIds,
    operations: ops.map(operationRecord),
    firstReport: firstReport(ops),
    end: endOf(last?.status),
    death: deathOf(last?.kernel ?? []) ?? null,
    ...judged,
  };
}

function operationRecord({ index, text, result, pointer, kernel }: TranscriptOp): OperationRecord {
  return { op: index, text, result, pointer, kernel };
}

function firstReport(ops: readonly TranscriptOp[]): ReplayRecord["firstReport"] {
  for (const { index, kernel } of ops) {
    const text = headlineOf(kernel);
    if (text !== undefined) return { op: index, text };
  }
  return null;
}

function endOf(status: Status | undefined): ReplayRecord["end"] {
  if (status === Status.CRASH) return "crash";
  return status === Status.HANG ? "hang" : "completed";
}
