// Scripts on a heap, for tests.
import { SlabHeap } from "../../src/slub/core/heap.ts";
import { machineFor } from "../../src/slub/program/boot.ts";
import { encode } from "../../src/slub/program/encode.ts";
import { parseScript } from "../../src/slub/program/text.ts";
import type { MachineOverrides } from "../../src/target/options.ts";

/** A heap that has run a script; how many operations ran. */
export interface RunScript {
  readonly heap: SlabHeap;
  readonly ran: number;
}

/** Runs a script on a machine of its own. */
export function runScript(text: string, overrides: MachineOverrides = {}): RunScript {
  const program = parseScript(text, "test.slab");
  const machine = machineFor(program, overrides);
  const heap = new SlabHeap();
  heap.configure(machine);
  heap.load(encode(program, machine));
  heap.reset();
  return { heap, ran: heap.run(0, program.ops.length) };
}
