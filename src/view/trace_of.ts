// The trace of a program.
import { machineFor } from "../slub/program/boot.ts";
import type { MachineOverrides } from "../target/options.ts";
import type { TargetProgram } from "../target/program.ts";
import { kernelProgram } from "../targets/targets.ts";
import { recordTrace } from "./record.ts";
import type { Trace } from "./trace.ts";

/** Runs a program and records it. Throws a UserError for one that cannot run as it stands. */
export async function traceOf(
  source: TargetProgram,
  overrides: MachineOverrides = {},
): Promise<Trace> {
  const slub = await kernelProgram(source, "a view shows programs of the kernel's allocator");
  const { name, program, invariants } = slub;
  const machine = machineFor(program, overrides);
  return recordTrace({ name, program, machine, invariants, newHeap: () => slub.newHeap() });
}
