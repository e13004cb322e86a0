// Traces of scripts and findings, for tests.
import { SlabHeap } from "../../src/slub/core/heap.ts";
import { machineFor } from "../../src/slub/program/boot.ts";
import type { Machine } from "../../src/slub/program/machine.ts";
import type { Program } from "../../src/slub/program/op.ts";
import { parseScript } from "../../src/slub/program/text.ts";
import type { DamagedBytes } from "../../src/slub/run/damage_record.ts";
import type { MachineOverrides } from "../../src/target/options.ts";
import { recordTrace } from "../../src/view/record.ts";
import type { Difference, Trace } from "../../src/view/trace.ts";

/** A heap takes longer to make than a program to run. */
const heaps = [new SlabHeap(), new SlabHeap()] as const;

export function traceOfProgram(program: Program, machine: Machine): Trace {
  const free = [...heaps];
  const newHeap = () => free.pop() ?? new SlabHeap();
  return recordTrace({ name: "test.slab", program, machine, newHeap });
}

export function traceOfScript(script: string, overrides: MachineOverrides = {}): Trace {
  const program = parseScript(script, "test.slab");
  return traceOfProgram(program, machineFor(program, overrides));
}

/** What a key of the table holds behind an operation. */
export function valueAt(trace: Trace, op: number, key: string): unknown {
  const sets = trace.deltas.slice(0, op + 1).flatMap(({ set = [] }) => set);
  return new Map(sets).get(key);
}

/** Where belief and truth differ behind an operation. */
export function differencesAt(trace: Trace, op: number): readonly string[] {
  return (valueAt(trace, op, "x") as readonly Difference[]).map(({ text }) => text);
}

/** Damages of a finding's record that the words of a trace leave out, or tell otherwise. */
export function untold(trace: Trace, damage: readonly DamagedBytes[]): readonly string[] {
  return damage.flatMap(({ op, address, length, field, owner }) => {
    const part = field.replaceAll("-", " ");
    const bytes = `${length} bytes? of the ${part}`;
    const isObject = owner !== undefined && owner.index >= 0;
    const words = new RegExp(`${bytes} of [a-z ]*${isObject ? `object ${owner.index}\\b` : ""}`);
    const shown = trace.damages.some(
      (one) => one.op === op && one.address === address && one.length === length,
    );
    const isTold = shown && words.test(trace.ops[op].says);
    return isTold ? [] : [`op ${op}: ${words.source} at ${address}: ${trace.ops[op].says}`];
  });
}
