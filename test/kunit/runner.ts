// Runs a case of slub_kunit, and counts as the kernel counts.
import { SlabHeap } from "../../src/slub/core/heap.ts";
import { machineFor } from "../../src/slub/program/boot.ts";
import type { VariantName } from "../../src/slub/program/machine.ts";
import { parseScript } from "../../src/slub/program/text.ts";
import { type ReplayStep, replay } from "../../src/slub/run/replay.ts";
import type { KernelName } from "../recordings/archive.ts";
import type { KunitCase } from "./cases.ts";
import { kunitErrors } from "./errors.ts";

/** What a case counted. */
export interface Counted {
  /** At each check. */
  readonly checks: readonly number[];
  /** At all other operations together. */
  readonly elsewhere: number;
  /** Operations that ran, and those that there are. */
  readonly ran: number;
  readonly length: number;
}

const CHECKS: ReadonlySet<string> = new Set(["validate", "kvalidate", "destroy"]);
let heap: SlabHeap | undefined;

/** Runs a case on one configuration of a kernel. */
export function runCase(
  { script, boot = "" }: KunitCase,
  profile: KernelName,
  variant: VariantName,
): Counted {
  const header = `# boot: ${variant} ${boot}`.trimEnd();
  const known = script.indexOf("write p 64 {word}");
  const word = known < 0 ? "" : lastRead(stepsOf([header, ...script.slice(0, known)], profile));
  const steps = stepsOf([header, ...script.map((line) => line.replace("{word}", word))], profile);
  const errors = (chosen: boolean): number[] =>
    steps
      .filter(({ op }) => CHECKS.has(op.op) === chosen)
      .map(({ events }) => kunitErrors(profile, events));
  return {
    checks: errors(true),
    elsewhere: errors(false).reduce((sum, count) => sum + count, 0),
    ran: steps.length,
    length: script.length,
  };
}

function lastRead(steps: readonly ReplayStep[]): string {
  return steps.filter(({ op }) => op.op === "read").at(-1)?.result ?? "";
}

function stepsOf(lines: readonly string[], profile: KernelName): ReplayStep[] {
  heap ??= new SlabHeap();
  const program = parseScript(`${lines.join("\n")}\n`, "kunit.slab");
  return [...replay(program, machineFor(program, { profile }), { heap })];
}
