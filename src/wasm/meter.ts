// Puts counters into a module: loads, stores, blocks of straight-line code and calls that are
// executed, and bytes that memory.fill and memory.copy write. A counter goes up once for each run
// of instructions that are executed together, at its beginning; so nothing depends on the machine,
// the engine or the clock.
import { type Instruction, instructionsOf, isLoad, isStore, Opcode } from "./instruction.ts";
import { ByteReader, signedBytes, unsignedBytes } from "./leb128.ts";
import type { FunctionBody, NewGlobal, Patch, WasmFile } from "./wasm_file.ts";

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
const LENGTH = `${PREFIX}length`;
const EXTEND_U = 0xad;

/** One figure for all: everything that was executed counts as one. */
export function executedInAll(figures: Figures): number {
  return figures.reduce(
    (sum, figure, i) => sum + figure / (i === BULK ? BULK_BYTES_A_STORE : 1),
    0,
  );
}

/** The globals that the counters are, in the order in which they are to be added. */
export const METER_GLOBALS: readonly NewGlobal[] = [
  ...COUNTERS.map((_, i) => ({ name: `${PREFIX}${i}`, isLong: true })),
  { name: LENGTH, isLong: false },
];

/** The module with counters. */
export function metered(file: WasmFile): Uint8Array<ArrayBuffer> {
  return file.patched(meterPatches(file), METER_GLOBALS);
}

/** What is put into the code; METER_GLOBALS must be the first globals that are added. */
export function meterPatches(file: WasmFile): readonly Patch[] {
  return file.functions.flatMap((body) => patchesOf(file, body));
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

function patchesOf(file: WasmFile, body: FunctionBody): Patch[] {
  const patches: Patch[] = [];
  let run = newRun(body.codeAt);
  for (const instruction of instructionsOf(new ByteReader(file.bytes, body.codeAt, body.end))) {
    count(run.counts, instruction);
    if (isBulk(instruction)) patches.push(bytesCounted(file, instruction.at));
    if (!endsRun(instruction)) continue;
    patches.push(...runCounted(file, run));
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

function isBulk({ opcode }: Instruction): boolean {
  return opcode === Opcode.MEMORY_FILL || opcode === Opcode.MEMORY_COPY;
}

function runCounted(file: WasmFile, { at, counts }: Run): Patch[] {
  const bytes = counts.flatMap((amount, counter) => {
    if (amount === 0) return [];
    const global = unsignedBytes(file.globalCount + counter);
    const more = [Opcode.I64_CONST, ...signedBytes(BigInt(amount)), Opcode.I64_ADD];
    return [Opcode.GLOBAL_GET, ...global, ...more, Opcode.GLOBAL_SET, ...global];
  });
  return bytes.length === 0 ? [] : [{ at, end: at, bytes }];
}

/** The length lies on top of the stack: it is kept, and counted. */
function bytesCounted(file: WasmFile, at: number): Patch {
  const length = unsignedBytes(file.globalCount + COUNTERS.length);
  const bulk = unsignedBytes(file.globalCount + BULK);
  const bytes = [
    ...[Opcode.GLOBAL_SET, ...length, Opcode.GLOBAL_GET, ...length],
    ...[Opcode.GLOBAL_GET, ...bulk, Opcode.GLOBAL_GET, ...length, EXTEND_U],
    ...[Opcode.I64_ADD, Opcode.GLOBAL_SET, ...bulk],
  ];
  return { at, end: at, bytes };
}
