// slabfuzz geometry: what the kernel makes of an object's size, alignment and flags. Asked for one
// cache it draws the object; given `-` it completes the rows of a table.
import type { Command } from "commander";
import { UserError } from "../../base/user_error.ts";
import { resolveMachine } from "../../program/boot.ts";
import { canonicalFlags } from "../../program/letters.ts";
import type { Machine } from "../../program/machine.ts";
import {
  describeGeometry,
  geometryRecord,
  parseGeometryTable,
  printRow,
  type TableLine,
} from "../../report/geometry.ts";
import { type CacheForm, measureCache } from "../../wasm/geometry.ts";
import { SlabHeap } from "../../wasm/heap.ts";
import { addMachineOptions, type MachineOptions, machineOverrides } from "../machine_options.ts";
import { wordNumber } from "../option_value.ts";
import { print, readSource } from "../terminal.ts";

interface GeometryOptions extends MachineOptions {
  readonly align: number;
  readonly flags: string;
  readonly ctor?: boolean;
  readonly json?: boolean;
}

const DETAILS = `
SIZE is a number of bytes, or - for a table on stdin: rows of size, alignment, flags and 0 or 1 for
a constructor, separated by blanks or tabs. What follows the first four columns is replaced.

Flags: F consistency checks, Z red zones, P poison, U user tracking, T trace, H hardware cache line,
R typesafe by RCU, K reclaim account, A account, D DMA32; M an ordinary cache, which may be merged
and which a global --slub-debug U reaches (without M it has SLAB_NOLEAKTRACE); - for none.

Examples:
  slabfuzz geometry 312 --flags FZPU
  slabfuzz geometry 312 --flags H --boot v310 --cpus 4
  printf '64 0 FZP 0\\n' | slabfuzz geometry - --boot smp --cpus 2
`;

export function register(program: Command): void {
  const command = program
    .command("geometry")
    .description("object layout and slab order for a size, alignment and flags")
    .argument("<size>", "object size in bytes, or - for a table on stdin")
    .option("--align <bytes>", "alignment that the cache asks for", wordNumber, 0)
    .option("--flags <letters>", "cache flags", "-")
    .option("--ctor", "the cache has a constructor")
    .option("--json", "print a JSON record");
  addMachineOptions(command).addHelpText("after", DETAILS).action(run);
}

function run(size: string, options: GeometryOptions): void {
  // Merging would show the geometry of another cache.
  const machine = { ...resolveMachine({}, machineOverrides(options)), nomerge: true };
  const heap = new SlabHeap();
  heap.configure(machine);
  if (size === "-")
    printTable(heap, machine, parseGeometryTable(readSource("-"), "stdin"), options);
  else printOne(heap, machine, formOf(size, options), options);
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

function printOne(
  heap: SlabHeap,
  machine: Machine,
  form: CacheForm,
  { json }: GeometryOptions,
): void {
  const fields = measureCache(heap, form);
  if (json) print(JSON.stringify(geometryRecord(machine, form, fields), null, 2));
  else print(describeGeometry(machine, form, fields));
}

function printTable(
  heap: SlabHeap,
  machine: Machine,
  lines: readonly TableLine[],
  { json }: GeometryOptions,
): void {
  const measured = lines.map((line) => ({
    line,
    fields: line.kind === "row" ? measureCache(heap, line.form) : undefined,
  }));
  if (!json) {
    print(measured.map(({ line, fields }) => `${printRow(machine, line, fields)}\n`).join(""));
    return;
  }
  const records = measured.flatMap(({ line, fields }) =>
    line.kind === "row" ? [geometryRecord(machine, line.form, fields)] : [],
  );
  print(JSON.stringify(records, null, 2));
}
