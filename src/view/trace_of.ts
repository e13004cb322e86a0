// The trace of a program, of either kind of target.
import { fileName } from "../base/file_name.ts";
import type { SlabHeap } from "../slub/core/heap.ts";
import { machineFor } from "../slub/program/boot.ts";
import type { SlubProgram } from "../slub/slub_program.ts";
import type { MachineOverrides } from "../target/options.ts";
import type { TargetProgram } from "../target/program.ts";
import { byKind } from "../targets/targets.ts";
import { traceOfModule } from "./module_trace.ts";
import { recordTrace } from "./record.ts";
import type { Trace } from "./trace.ts";

/** Runs a program and records it. Throws a UserError for one that cannot run as it stands. */
export async function traceOf(
  source: TargetProgram,
  overrides: MachineOverrides = {},
): Promise<Trace> {
  const name = fileName(source.name);
  return await byKind(source, {
    kernel: (program) => traceOfKernel(name, program, overrides),
    module: (program) => traceOfModule(name, program, overrides),
  });
}

/**
 * Heaps that no trace uses, by the core that they are of: one takes longer to make than a program
 * to run, and a campaign has many findings.
 */
const idleHeaps = new Map<string, readonly SlabHeap[]>();

function traceOfKernel(name: string, slub: SlubProgram, overrides: MachineOverrides): Trace {
  const { program, invariants, core } = slub;
  const machine = machineFor(program, overrides);
  const idle = [...(idleHeaps.get(core.name) ?? [])];
  const used: SlabHeap[] = [];
  const newHeap = (): SlabHeap => {
    const heap = idle.pop() ?? slub.newHeap();
    used.push(heap);
    return heap;
  };
  // A heap whose core trapped is not used again.
  idleHeaps.delete(core.name);
  const trace = recordTrace({ name, program, machine, invariants, newHeap });
  idleHeaps.set(core.name, used);
  return trace;
}
