// Which functions and lines a module comes by: a flag on the beginning of each function, and for
// each line that its code comes from a flag wherever code of that line begins: behind code of
// another line, and behind each place where control may go another way. A line is reached if some
// of its code is, in whichever function an inlined piece of it stands.
//
// Does not see: lines that no instruction comes from, as a compiler drops or folds them.
import { type FlaggedPlace, flagRaiser, globalsOfFlags, isUp } from "./flags.ts";
import { type Instruction, instructionsOf, Opcode } from "./instruction.ts";
import { ByteReader } from "./leb128.ts";
import type { Instrument } from "./probe.ts";
import type { CodeOrigin, Location } from "./source_map.ts";
import type { FunctionBody, WasmFile } from "./wasm_file.ts";

/** A line of a source file that code comes from. */
export interface CoveredLine {
  readonly source: string;
  readonly line: number;
  readonly flag: number;
}

export interface CoveredFunction {
  /** As the module's name section says it, or its number. */
  readonly name: string;
  /** Where its code begins; undefined where nothing says it. */
  readonly place: Pick<CoveredLine, "source" | "line"> | undefined;
  readonly flag: number;
}

/** All functions and lines of a module. */
export class CoverageMap {
  readonly functions: readonly CoveredFunction[];
  readonly lines: readonly CoveredLine[];
  readonly origin: CodeOrigin | undefined;
  readonly instrument: Instrument;
  /** Globals that a reading has. */
  readonly globals: number;

  constructor(file: WasmFile, origin: CodeOrigin | undefined) {
    const walk = new CoverageWalk(file, origin);
    this.functions = walk.functions;
    this.lines = walk.lines;
    this.origin = origin;
    this.globals = globalsOfFlags(walk.flags);
    this.instrument = flagRaiser(walk.places, this.globals);
  }
}

/** Whether a reading has come by a function or a line. */
export function isCovered(reading: Uint32Array, { flag }: Pick<CoveredLine, "flag">): boolean {
  return isUp(reading, flag);
}

class CoverageWalk {
  readonly functions: CoveredFunction[] = [];
  readonly places: FlaggedPlace[] = [];
  readonly #lines = new Map<string, CoveredLine>();
  readonly #origin: CodeOrigin | undefined;

  constructor(file: WasmFile, origin: CodeOrigin | undefined) {
    this.#origin = origin;
    const names = file.functionNames();
    for (const body of file.functions) {
      const name = names.get(body.index) ?? `function ${body.index}`;
      this.#takeFunction(name, body, file.bytes);
    }
  }

  get flags(): number {
    return this.functions.length + this.#lines.size;
  }

  get lines(): readonly CoveredLine[] {
    return [...this.#lines.values()];
  }

  #takeFunction(name: string, { codeAt, end }: FunctionBody, bytes: Uint8Array): void {
    const flag = this.flags;
    this.places.push({ at: codeAt, flag });
    const own = this.functions.push({ name, place: undefined, flag }) - 1;
    const found: Location[] = [];
    let last: CoveredLine | undefined;
    for (const instruction of instructionsOf(new ByteReader(bytes, codeAt, end))) {
      if (endsBlock(instruction)) last = undefined;
      const location = endsBlock(instruction) ? undefined : this.#origin?.locate(instruction.at);
      if (location === undefined) continue;
      const line = this.#lineOf(location);
      if (line !== last) this.places.push({ at: instruction.at, flag: line.flag });
      found.push(location);
      last = leavesLine(instruction) ? undefined : line;
    }
    this.functions[own] = { name, place: placeOf(name, found), flag };
  }

  #lineOf({ source, line }: Location): CoveredLine {
    const key = `${source}:${line}`;
    const known = this.#lines.get(key);
    if (known !== undefined) return known;
    const one = { source, line, flag: this.flags };
    this.#lines.set(key, one);
    return one;
  }
}

/** It does nothing itself: what it maps to is the line of other code. */
function endsBlock({ opcode }: Instruction): boolean {
  return opcode === Opcode.END || opcode === Opcode.ELSE;
}

/** What follows it runs more often than it does, or not each time that it does. */
function leavesLine({ opcode }: Instruction): boolean {
  const { BLOCK, LOOP, IF, BR_IF } = Opcode;
  return opcode === BLOCK || opcode === LOOP || opcode === IF || opcode === BR_IF;
}

/**
 * Where a function begins: AssemblyScript names it after its file, in which code of others may be
 * inlined before its own. Else where its first instruction comes from.
 */
function placeOf(name: string, found: readonly Location[]): CoveredFunction["place"] {
  const own = found.filter(({ source }) => name.startsWith(`${source.replace(/\.\w+$/, "")}/`));
  const lines = (own.length > 0 ? own : found.slice(0, 1)).map(({ line }) => line);
  const [{ source } = { source: "" }] = own.length > 0 ? own : found;
  return lines.length === 0 ? undefined : { source, line: Math.min(...lines) };
}
