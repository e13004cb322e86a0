// A whole log of a kernel as the source of reports that a shadow listens to, in the place of the
// events that the core recorded.
import { CACHE_MAX, FaultKind, Fn, NO_CACHE_INDEX } from "../../src/abi.ts";
import { joinU64 } from "../../src/base/bytes.ts";
import type { SlabHeap } from "../../src/slub/core/heap.ts";
import type { KernelReport, ReportSource } from "../../src/slub/oracle/kernel_report.ts";
import { EventLog } from "../../src/slub/oracle/kernel_report.ts";
import { oracleMachineOf } from "../../src/slub/oracle/machine.ts";
import type { Machine } from "../../src/slub/program/machine.ts";
import type { Program } from "../../src/slub/program/op.ts";
import { type ReplayStep, replay } from "../../src/slub/run/replay.ts";
import { functionName } from "../../src/slub/words/dmesg.ts";
import { logMachineOf } from "../../src/slub/words/log.ts";
import { parseLog } from "../../test/recordings/logged_op.ts";
import { functionNamed, ReportReader, type SpokenOp, type TextNames } from "./report_text.ts";

/** The result of an operation that never ended. */
const HANGS = "HANG ";

/** The reports of a log, operation by operation. */
export class TextReports implements ReportSource {
  readonly reports: KernelReport[] = [];
  readonly #spoken: ReadonlyMap<number, SpokenOp>;
  #now: SpokenOp | undefined;
  #death: SpokenOp | undefined;

  constructor(spoken: ReadonlyMap<number, SpokenOp>) {
    this.#spoken = spoken;
  }

  begin(): void {
    this.reports.length = 0;
    this.#now = undefined;
    this.#death = undefined;
  }

  /** Whatever there is has been read. */
  extend(): void {}

  advance(op: number): void {
    this.#now = this.#spoken.get(op);
    if (this.#now === undefined) return;
    this.reports.push(...this.#now.reports);
    if (this.#now.faultKind !== FaultKind.NONE) this.#death = this.#now;
  }

  /** Always 0, because a text holds no later operations. */
  get nextOp(): number {
    return 0;
  }

  get memoryShort(): boolean {
    return this.#now?.memoryShort ?? false;
  }

  get refused(): boolean {
    return this.#now?.refused ?? false;
  }

  get faultKind(): FaultKind {
    return this.#death?.faultKind ?? FaultKind.NONE;
  }

  get faultFunction(): Fn {
    return this.#death?.faultFunction ?? Fn.NONE;
  }

  hasDiedAt(high: number, low: number, length: number): boolean {
    const address = this.#death?.faultAddress;
    if (address === undefined) return false;
    const distance = address - joinU64(high, low);
    return distance >= 0n && distance < BigInt(length);
  }
}

/**
 * The core's events, without what no text tells: two functions of one name, and where a machine is
 * that says nothing any more.
 */
export class EventReports extends EventLog {
  readonly #machine: Machine;

  constructor(machine: Machine) {
    super(oracleMachineOf(machine));
    this.#machine = machine;
  }

  override get faultFunction(): Fn {
    const log = logMachineOf(this.#machine);
    const fn = super.faultFunction;
    if (fn === Fn.NONE || this.faultKind === FaultKind.HANG) return Fn.NONE;
    return functionNamed(functionName(fn, log), log);
  }
}

export interface ReadLog {
  readonly program: Program;
  readonly machine: Machine;
  readonly heap: SlabHeap;
  /** What the kernel said, in the recordings' form. */
  readonly lines: readonly string[];
}

/**
 * Reads a kernel's log. The core replays the program beside it: names are where its slabs lie.
 */
export function readLog({ program, machine, heap, lines }: ReadLog): Map<number, SpokenOp> {
  const ops = new Map(parseLog(lines).map((op) => [op.number, op]));
  const reader = new ReportReader(oracleMachineOf(machine), logMachineOf(machine));
  const spoken = new Map<number, SpokenOp>();
  for (const step of replay(program, machine, { heap })) {
    const op = ops.get(step.index);
    if (op === undefined) continue;
    const said = reader.read(step.index, op.lines, namesAt(step));
    if (op.result.startsWith(HANGS)) said.faultKind = FaultKind.HANG;
    spoken.set(step.index, said);
  }
  return spoken;
}

/** What names stand for while an operation runs. */
export function namesAt({ symbols, caches }: ReplayStep): TextNames {
  return {
    addressOf: (name) => symbols.addressOf(name),
    cacheOf: (name) => {
      for (let index = CACHE_MAX - 1; index >= 0; index--) {
        if (caches.nameOf(index) === name) return index;
      }
      return NO_CACHE_INDEX;
    },
  };
}
