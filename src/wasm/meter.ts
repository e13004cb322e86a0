// Puts counters into a module: loads, stores, blocks of straight-line code and calls that are
// executed, and bytes that memory.fill and memory.copy write. A counter goes up once for each run
// of instructions that are executed together, at its beginning; so nothing depends on the machine,
// the engine or the clock.
import type { Instruction } from "./instruction.ts";
import { instructionsOf, isBulk, isLoad, isStore, Opcode } from "./instruction.ts";
import { ByteReader } from "./leb128.ts";
import { getGlobal, type Instrument, insertedAt, pushI64, setGlobal, withProbes } from "./probe.ts";
import type { Patch } from "./rewrite.ts";
import type { FunctionBody, WasmFile } from "./wasm_file.ts";

/** What is counted, in the order of every list of figures. */
export const COUNTERS = ["loads", "stores", "blocks", "calls", "bulk bytes"] as const;

export type Figures = readonly number[];

const LOADS = 0;
const STORES = 1;
const BLOCKS = 2;
const CALLS = 3;
const BULK = 4;
/** Bytes that a fill or a copy writes for the price of a store. */
const BULK_BYTES_A_STORE = 16;
const PREFIX = "slabfuzz_cost_";
const EXTEND_U = 0xad;

/** One figure for all: everything that was executed counts as one. */
export function executedInAll(figures: Figures): number {
  return figures.reduce(
    (sum, figure, i) => sum + figure / (i === BULK ? BULK_BYTES_A_STORE : 1),
    0,
  );
}

/** The counters. What counts is the module's own code, whatever else is put in. */
export const METER: Instrument = {
  globals: [
    ...COUNTERS.map((_, i) => ({ name: `${PREFIX}${i}`, isLong: true })),
    { name: `${PREFIX}length`, isLong: false },
  ],
  patches: (file, first) => file.functions.flatMap((body) => patchesOf(file, body, first)),
};

/** The module with counters. */
export function metered(file: WasmFile): Uint8Array<ArrayBuffer> {
  return withProbes(file, [METER]);
}

/** The counters of an instance of a metered module. */
export class Meter {
  readonly #globals: readonly WebAssembly.Global[];

  constructor(exports: WebAssembly.Exports) {
    this.#globals = COUNTERS.map((_, i) => exports[`${PREFIX}${i}`] as WebAssembly.Global);
  }

  read(): Figures {
    return this.#globals.map((global) => Number(global.value as bigint));
  }
}

/** A run of instructions: nothing jumps into it or out of it. */
interface Run {
  readonly at: number;
  readonly counts: number[];
}

function patchesOf({ bytes }: WasmFile, body: FunctionBody, first: number): Patch[] {
  const patches: Patch[] = [];
  let run = newRun(body.codeAt);
  for (const instruction of instructionsOf(new ByteReader(bytes, body.codeAt, body.end))) {
    count(run.counts, instruction);
    if (isBulk(instruction.opcode)) patches.push(insertedAt(instruction.at, countBytes(first)));
    if (!endsRun(instruction)) continue;
    patches.push(...runCounted(run, first));
    run = newRun(instruction.end);
  }
  return patches;
}

function newRun(at: number): Run {
  return { at, counts: [0, 0, 0, 0] };
}

/** Structure is no work: a run of nothing else is no block. */
function count(counts: number[], { opcode }: Instruction): void {
  if (opcode >= Opcode.BLOCK && opcode <= Opcode.END && opcode !== Opcode.IF) return;
  counts[BLOCKS] = 1;
  if (isLoad(opcode)) counts[LOADS]++;
  else if (isStore(opcode)) counts[STORES]++;
  else if (opcode === Opcode.CALL || opcode === Opcode.CALL_INDIRECT) counts[CALLS]++;
}

/** A plain block begins where the code before it goes on. */
function endsRun({ opcode }: Instruction): boolean {
  return opcode >= Opcode.LOOP && opcode <= Opcode.RETURN;
}

function runCounted({ at, counts }: Run, first: number): Patch[] {
  const bytes = counts.flatMap((amount, counter) => {
    if (amount === 0) return [];
    const more = [...pushI64(amount), Opcode.I64_ADD];
    return [...getGlobal(first + counter), ...more, ...setGlobal(first + counter)];
  });
  return bytes.length === 0 ? [] : [insertedAt(at, bytes)];
}

/** The length lies on top of the stack: it is kept, and counted. */
function countBytes(first: number): readonly number[] {
  const length = first + COUNTERS.length;
  const bulk = first + BULK;
  return [
    ...[...setGlobal(length), ...getGlobal(length)],
    ...[...getGlobal(bulk), ...getGlobal(length), EXTEND_U],
    ...[Opcode.I64_ADD, ...setGlobal(bulk)],
  ];
}
