// The machine of a script as the playground lets people choose it: it stands in the script's own
// header, so that whoever gets the text gets the machine with it.
import { unlessRefused } from "../base/user_error.ts";
import { machineFor } from "../slub/program/boot.ts";
import { bootLineOf } from "../slub/program/boot_line.ts";
import { isHeaderLine, printHeader } from "../slub/program/header_text.ts";
import type { Machine } from "../slub/program/machine.ts";
import type { Program } from "../slub/program/op.ts";
import { VARIANTS } from "../slub/program/variant.ts";

export interface ChosenMachine {
  readonly profile: string;
  readonly cpus: number;
  /** Letters of slub_debug, `-` for none. */
  readonly slubDebug: string;
}

export function chosenMachine({ profile, nrCpuIds, slubDebug }: Machine): ChosenMachine {
  return { profile, cpus: nrCpuIds, slubDebug: slubDebug.given ? (slubDebug.text ?? "FZPU") : "-" };
}

/** Throws a UserError for a machine that does not exist. */
export function scriptOnMachine(text: string, program: Program, chosen: ChosenMachine): string {
  const { header } = program;
  const machine = unlessRefused(() => machineFor(program, chosen)) ?? withMoreCpus(program, chosen);
  const { nrCpuIds } = machine;
  const isUsual = nrCpuIds === VARIANTS[machine.variant].nrCpuIds;
  const lines = printHeader({
    ...header,
    comments: [],
    boot: bootLineOf(machine),
    profile: machine.profile,
    cpus: isUsual ? undefined : nrCpuIds,
  });
  return [...lines, ...textWithoutHeader(text)].join("\n");
}

/** A kernel for one CPU becomes one for several. */
function withMoreCpus(program: Program, chosen: ChosenMachine): Machine {
  return machineFor(program, { ...chosen, boot: "smp" });
}

function textWithoutHeader(text: string): readonly string[] {
  const lines = text.split("\n");
  const first = lines.findIndex((line) => !/^\s*(#.*)?\r?$/.test(line));
  const end = first < 0 ? lines.length : first;
  return lines.filter((line, i) => i >= end || !isHeaderLine(line.trim()));
}
