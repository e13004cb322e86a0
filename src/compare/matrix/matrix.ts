// The same program under every set of debug options of every kernel: what each of them saw, when,
// in which words, and what became of it where none did. A debug option is an observer that
// moves what it observes (red zones push objects apart, poison moves the free pointer), so one
// mistake has many symptoms; `symptomsOf` puts those together that look the same.
import { UserError } from "../../base/user_error.ts";
import type { SlabHeap } from "../../slub/core/heap.ts";
import { judgedReplay } from "../../slub/judged_replay.ts";
import type { InvariantCadence } from "../../slub/oracle/violation.ts";
import { machineFor } from "../../slub/program/boot.ts";
import { bootLineOf } from "../../slub/program/boot_line.ts";
import type { ProfileName, Program } from "../../slub/program/op.ts";
import { unprovenOptions } from "../../slub/program/proof.ts";
import { printScript } from "../../slub/program/text.ts";
import { type ReplayRecord, replayRecord } from "../../slub/words/replay_record.ts";
import type { MachineOverrides } from "../../target/options.ts";
import { symptomText } from "../../target/signature.ts";

/** An operation, and what it reads as. */
interface OpText {
  readonly op: number;
  readonly text: string;
}

/** The result of a program on one kernel under one set of options. */
export interface MatrixCell {
  readonly profile: ProfileName;
  /** Letters of slub_debug, - for none. */
  readonly options: string;
  readonly boot: string;
  readonly cpus: number;
  /** Kernel options of the machine that no recorded kernel has. */
  readonly unproven: readonly string[];
  readonly verdict: string;
  readonly signature: string;
  /** How it showed, without names and numbers: the same words for all kernels. */
  readonly symptom: string;
  readonly impact: string;
  /** The first operation that had no right to what it did. */
  readonly mistake: OpText | null;
  /** The first report, in the kernel's own words. */
  readonly report: (OpText & { readonly words: string }) | null;
  readonly end: ReplayRecord["end"];
  /** The operation that ended the machine, and what it died of. */
  readonly death: (OpText & { readonly words: string }) | null;
  /** Operations that ran. */
  readonly ran: number;
}

/**
 * A program under every set of options of every kernel: cells in the order in which kernels were
 * asked for, and for each kernel in that of the sets.
 */
export interface Matrix {
  readonly name: string;
  readonly script: string;
  readonly operations: number;
  readonly profiles: readonly ProfileName[];
  readonly options: readonly string[];
  readonly cells: readonly MatrixCell[];
  /** Kernels that the program cannot run on, and why. */
  readonly refused: readonly { readonly profile: ProfileName; readonly why: string }[];
}

/** What `matrixOf` takes. */
export interface MatrixRequest {
  /** The name of the program in messages. */
  readonly name: string;
  readonly program: Program;
  /** The heap to run on; what it held is lost. */
  readonly heap: SlabHeap;
  readonly profiles: readonly ProfileName[];
  readonly options: readonly string[];
  /** What the machines have in common. */
  readonly machine?: MachineOverrides;
  /** How often rules are kept, where it is not as usual. */
  readonly invariants?: InvariantCadence;
}

/**
 * Runs a program once for each cell, and judges it. A kernel that cannot run the program is listed
 * in `refused`; if it is the only one asked for, that is a UserError.
 */
export function matrixOf(request: MatrixRequest): Matrix {
  const { name, program, profiles, options } = request;
  const cells: MatrixCell[] = [];
  const refused: { profile: ProfileName; why: string }[] = [];
  for (const profile of profiles) {
    const row = cellsOf(request, profile);
    if (typeof row === "string") refused.push({ profile, why: row });
    else cells.push(...row);
  }
  const script = printScript(program);
  return { name, script, operations: program.ops.length, profiles, options, cells, refused };
}

/** The cells of a kernel, or why it cannot run the program. */
function cellsOf(request: MatrixRequest, profile: ProfileName): MatrixCell[] | string {
  try {
    return request.options.map((options) => cellOf(request, profile, options));
  } catch (error) {
    if (error instanceof UserError && request.profiles.length > 1) return error.message;
    throw error;
  }
}

function cellOf(request: MatrixRequest, profile: ProfileName, options: string): MatrixCell {
  const { name, program, heap, invariants } = request;
  const machine = machineFor(program, { ...request.machine, profile, slubDebug: options });
  const { ops, judged, signature: parts } = judgedReplay({ program, machine, heap, invariants });
  const record = replayRecord({ source: name, machine, ops, judged });
  const { verdict, signature, impact, end } = record;
  return {
    profile,
    options,
    boot: bootLineOf(machine),
    cpus: machine.nrCpuIds,
    unproven: unprovenOptions(machine),
    verdict,
    signature,
    symptom: verdict === "ok" ? "nothing is wrong" : symptomText(parts.symptom),
    impact,
    mistake: judged.mistakeAt === null ? null : placeOf(record, judged.mistakeAt),
    report: record.firstReport && {
      ...placeOf(record, record.firstReport.op),
      words: record.firstReport.text,
    },
    end,
    death: deathIn(record),
    ran: ops.length,
  };
}

function placeOf({ operations }: ReplayRecord, op: number): OpText {
  return { op, text: operations[op]?.text ?? "the end" };
}

function deathIn(record: ReplayRecord): MatrixCell["death"] {
  if (record.end === "completed") return null;
  const place = placeOf(record, record.operations.length - 1);
  const never = "it never returns";
  return { ...place, words: record.death ?? (record.end === "hang" ? never : "the machine died") };
}

/** Cells that show a mistake in the same way. */
export interface Symptom {
  readonly symptom: string;
  readonly cells: readonly MatrixCell[];
}

/** The ways in which one mistake shows, those of most cells first. */
export function symptomsOf({ cells }: Matrix): Symptom[] {
  const groups = new Map<string, MatrixCell[]>();
  for (const cell of cells) {
    const group = groups.get(cell.symptom);
    if (group === undefined) groups.set(cell.symptom, [cell]);
    else group.push(cell);
  }
  const symptoms = [...groups].map(([symptom, group]) => ({ symptom, cells: group }));
  return symptoms.sort((a, b) => b.cells.length - a.cells.length);
}

/** `v3.10: Z FZ FZP; v6.1: FZ`: where cells stand. */
export function whereabouts(cells: readonly MatrixCell[]): string {
  const profiles = [...new Set(cells.map(({ profile }) => profile))];
  const parts = profiles.map((profile) => {
    const own = cells.filter((cell) => cell.profile === profile);
    return `${profile}: ${own.map(({ options }) => options).join(" ")}`;
  });
  return parts.join("; ");
}
