// slabfuzz geometry: what the kernel makes of an object's size, alignment and flags. Asked for one
// cache it lists the figures of one kernel, or explains the layouts of all of them side by side;
// given `-` it completes the rows of a table.
import type { Command } from "commander";
import { optionWords } from "../../base/option_text.ts";
import { UserError } from "../../base/user_error.ts";
import { slabfuzzVersion } from "../../base/version.ts";
import { layoutsOf } from "../../compare/layout/layout.ts";
import { layoutPage } from "../../compare/layout/layout_page.ts";
import { layoutLines } from "../../compare/layout/layout_text.ts";
import { type CacheForm, measureCache } from "../../slub/core/geometry.ts";
import { SlabHeap } from "../../slub/core/heap.ts";
import { resolveMachine } from "../../slub/program/boot.ts";
import { canonicalFlags } from "../../slub/program/letters.ts";
import type { Machine } from "../../slub/program/machine.ts";
import { PROFILES } from "../../slub/program/variant.ts";
import {
  describeGeometry,
  geometryRecord,
  parseGeometryTable,
  printRow,
} from "../../slub/words/geometry.ts";
import type { MachineOverrides } from "../../target/options.ts";
import { machineOverrides, writePage } from "../case_options.ts";
import { ExitCode } from "../exit_code.ts";
import { helpText } from "../help_text.ts";
import { MACHINE_OPTIONS, type MachineSettings } from "../options/campaign_options.ts";
import { addOptions } from "../options/option.ts";
import { numberFrom } from "../options/value.ts";
import {
  isShown,
  note,
  print,
  printJson,
  readSource,
  setExitCode,
  shellLine,
} from "../terminal.ts";

interface GeometryOptions extends MachineSettings {
  readonly align: number;
  readonly flags: string;
  readonly ctor?: boolean;
  readonly json?: boolean;
  /** Undefined where nothing is said. */
  readonly explain?: boolean;
  readonly html?: string;
}

export function register(program: Command): void {
  const command = program
    .command("geometry")
    .description("show where the bytes of an object and slab go")
    .argument("<size>", "object size in bytes, or - for a table on stdin")
    .option("--align <bytes>", "alignment that the cache asks for", numberFrom(0, 2 ** 32 - 1), 0)
    .option("--flags <letters>", "cache flags", "-")
    .option("--ctor", "the cache has a constructor")
    .option("--explain", "draw and compare (default on a terminal)")
    .option("--no-explain", "figures only (default elsewhere)")
    .option("--html <file>", "write the explanation as one self-contained page, too")
    .option("--json", "print a JSON record");
  addOptions(command, MACHINE_OPTIONS)
    .addHelpText("after", () => helpText("geometry"))
    .action(run);
}

function run(size: string, options: GeometryOptions): void {
  if (size === "-") {
    if (options.explain === true || options.html !== undefined) {
      throw new UserError("rows of a table are completed, not explained: name one size");
    }
    printTable(options);
    return;
  }
  const form = formOf(size, options);
  const explains = options.explain ?? (isShown() && options.json !== true);
  if (!explains) printOne(form, options);
  if (explains || options.html !== undefined) explain(form, options, explains);
}

/** Merging would show the geometry of another cache. */
function machineOf(overrides: MachineOverrides): Machine {
  return { ...resolveMachine({}, overrides), nomerge: true };
}

function heapOf(machine: Machine): SlabHeap {
  const heap = new SlabHeap();
  heap.configure(machine);
  return heap;
}

function explain(form: CacheForm, options: GeometryOptions, prints: boolean): void {
  const layouts = layoutsOf(new SlabHeap(), machinesOf(options), form);
  if (prints) print(layoutLines(layouts));
  if (prints && layouts.columns.every(({ slot }) => slot === undefined)) refused(form);
  if (options.html === undefined) return;
  const command = commandLine(form, options);
  writePage(options.html, layoutPage({ layouts, command, version: slabfuzzVersion() }));
}

/** The kernel that was asked for, or all, each in its usual configuration for as many CPUs. */
function machinesOf(options: GeometryOptions): readonly Machine[] {
  const asked = machineOverrides(options);
  if (asked.profile !== undefined || asked.boot !== undefined) return [machineOf(asked)];
  return PROFILES.map((profile) => {
    const isOld = profile === "v3.10";
    const boot = isOld || (asked.cpus ?? 1) === 1 ? undefined : "smp";
    return machineOf({ ...asked, profile, boot });
  });
}

function commandLine({ size, align, flags, ctor }: CacheForm, options: GeometryOptions): string {
  const { profile, boot, slubDebug, cpus, kconfig, html } = options;
  const words = ["slabfuzz", "geometry", String(size)];
  const given = {
    "--align": align === 0 ? undefined : align,
    "--flags": flags === "-" ? undefined : flags,
    "--profile": profile,
    "--boot": boot,
    "--slub-debug": slubDebug,
    "--cpus": cpus,
    "--kconfig": kconfig,
    "--html": html,
  };
  return shellLine([...words, ...optionWords(given), ...(ctor ? ["--ctor"] : [])]);
}

function formOf(size: string, { align, flags, ctor }: GeometryOptions): CacheForm {
  const canonical = canonicalFlags(flags);
  if (canonical === undefined) throw new UserError(`--flags ${flags}: - or letters FZPUTHRKADM`);
  const bytes = Number(size);
  if (!/^[1-9][0-9]*$/.test(size) || bytes > 0x7fffffff) {
    throw new UserError(`${JSON.stringify(size)} is not a size from 1 to 2147483647`);
  }
  return { size: bytes, align, flags: canonical, ctor: ctor === true };
}

function printOne(form: CacheForm, options: GeometryOptions): void {
  const machine = machineOf(machineOverrides(options));
  const fields = measureCache(heapOf(machine), form);
  if (options.json) printJson(geometryRecord(machine, form, fields));
  else print(describeGeometry(machine, form, fields).split("\n"));
  if (fields === undefined) refused(form);
}

/** Prints what differs, and says so by the exit code, too. */
function refused({ size }: CacheForm): void {
  note(`${size}: no kernel that was asked gives a cache of this size`);
  setExitCode(ExitCode.REQUEST);
}

function printTable(options: GeometryOptions): void {
  const machine = machineOf(machineOverrides(options));
  const heap = heapOf(machine);
  const measured = parseGeometryTable(readSource("-"), "stdin").map((line) => ({
    line,
    fields: line.kind === "row" ? measureCache(heap, line.form) : undefined,
  }));
  if (!options.json) {
    print(measured.map(({ line, fields }) => printRow(machine, line, fields)));
    return;
  }
  const records = measured.flatMap(({ line, fields }) =>
    line.kind === "row" ? [geometryRecord(machine, line.form, fields)] : [],
  );
  printJson(records);
}
