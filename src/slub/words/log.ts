// A replay in the format of the recordings: one line for each operation, and under it the kernel
// text that it caused, normalised.
import { Status } from "../../abi.ts";
import { bootLineOf } from "../program/boot_line.ts";
import { kernelTextOf } from "../program/kernel_text.ts";
import { type Machine, profileNumber } from "../program/machine.ts";
import type { ReplayStep } from "../run/replay.ts";
import { KernelLog, type LogMachine } from "./dmesg.ts";
import { wordsOf } from "./kernels/index.ts";
import { normaliseLines } from "./normalise.ts";
import { shortenEvent, shortenOffset } from "./short_pointers.ts";

/** How a log's machine speaks. */
export function logMachineOf(machine: Machine): LogMachine {
  return {
    words: wordsOf(profileNumber(machine.profile)),
    text: kernelTextOf(machine),
    smp: machine.cpus > 1 || machine.variant.startsWith("smp"),
    debugList: machine.debugList,
  };
}

/** Turns steps into the recordings' lines. */
export class LogWriter {
  readonly #log: KernelLog;
  readonly #old: boolean;

  constructor(machine: Machine) {
    this.#log = new KernelLog(logMachineOf(machine));
    this.#old = machine.profile === "v3.10";
  }

  /** The lines of one operation. */
  lines(step: ReplayStep): string[] {
    const options = { symbols: step.symbols, old: this.#old };
    const events = this.#old ? step.events.map(shortenEvent) : step.events;
    const printed = this.#log.printAll(events, step.caches);
    const kernel = normaliseLines(this.#old ? printed.map(shortenOffset) : printed, options);
    const head = `@@ op ${step.index}: ${step.text} => ${step.namedResult}`;
    return [head, ...kernel.map((line) => `    | ${line}`)];
  }
}

/** The first line of a log. */
function logHeader(name: string, machine: Machine, last: Status | undefined): string {
  const ends: Partial<Record<Status, string>> = {
    [Status.CRASH]: "  ** kernel crashed **",
    [Status.HANG]: "  ** kernel hung **",
  };
  return `# ${name}  boot: ${bootLineOf(machine)}${(last !== undefined && ends[last]) || ""}`;
}

/**
 * A whole replay in the format of the recordings, line by line: `@@ op N: TEXT => RESULT`, and
 * below each operation the kernel text that it caused, with addresses replaced by names. `name` is
 * what the first line calls the program.
 */
export function logOf(name: string, machine: Machine, steps: Iterable<ReplayStep>): string[] {
  const writer = new LogWriter(machine);
  const lines: string[] = [];
  let last: Status | undefined;
  for (const step of steps) {
    lines.push(...writer.lines(step));
    last = step.status;
  }
  return [logHeader(name, machine, last), ...lines];
}
