// What a script shows when it is replayed.
import { machineFor } from "../../src/slub/program/boot.ts";
import { parseScript } from "../../src/slub/program/text.ts";
import { replay } from "../../src/slub/run/replay.ts";
import { LogWriter } from "../../src/slub/words/log.ts";

/** The result of each operation. */
export function resultsOf(script: string): readonly string[] {
  const program = parseScript(script, "replayed");
  return [...replay(program, machineFor(program))].map(({ result }) => result);
}

/** Everything that the kernel has to say, with the operations and their results. */
export function logOf(script: string): readonly string[] {
  const program = parseScript(script, "replayed");
  const machine = machineFor(program);
  const writer = new LogWriter(machine);
  return [...replay(program, machine)].flatMap((step) => writer.lines(step));
}
