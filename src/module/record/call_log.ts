// A small module that stands between a program and the exports of an allocator's module. Its
// functions are exports of WebAssembly themselves, so that they may stand in a table as the ones
// behind them may. Each calls the one behind it; those of an allocator write down the call in
// memory of their own, and all others that code ran. JavaScript is called only when that memory is
// full.
//
//   ╞>call═══════════════════════════════════════════════════════════════╡
//   [role][argument 0][argument 1][argument 2][argument 3][result][flags][-]     words of 32 bits
//
// A call is written down before it is made: of one that traps, that is what is left.
import type { FunctionType, ValueType } from "../../wasm/entity.ts";
import { Opcode } from "../../wasm/instruction.ts";
import { textBytes, unsignedBytes } from "../../wasm/leb128.ts";
import { getGlobal, pushI32, setGlobal, when } from "../../wasm/probe.ts";
import { SectionId } from "../../wasm/wasm_file.ts";

/** A function to stand before. */
export interface LoggedFunction {
  readonly name: string;
  readonly behind: (...args: never[]) => unknown;
  readonly type: FunctionType;
  /** What its calls are logged as; undefined for one that only says that code ran. */
  readonly role: number | undefined;
  /**
   * It stores its pointer at the address that its first argument is, and its result is 0 if it has
   * one: the pointer is what is logged as the result.
   */
  readonly storesPointer: boolean;
}

/** What a function stored at an address of the module's memory. */
export type WordAt = (address: number) => number;

/** A call that was logged. */
export interface LoggedCall {
  readonly role: number;
  readonly args: Readonly<Uint32Array>;
  /** 0 also where the call gives nothing, did not come back, or has not yet. */
  readonly result: number;
  /** Other code of the module ran since the call before. */
  readonly otherCodeRan: boolean;
}

const ARGUMENTS_MAX = 4;
const RESULT = 1 + ARGUMENTS_MAX;
const FLAGS = RESULT + 1;
const CALL_WORDS = 8;
const WORD_BYTES = 4;
const CALL_BYTES = CALL_WORDS * WORD_BYTES;
/** One page holds as many calls as are logged before they are looked at. */
const LOG_BYTES = 65536;
const OTHER_CODE_RAN = 1;
const CAME_BACK = 2;

/** Numbers of the globals. */
const AT = 0;
const IS_ON = 1;
const RAN = 2;
const ROUND = 3;
const GLOBAL_NAMES = ["at", "isOn", "ran", "round"];
/** No round has this number. */
const NOT_LOGGED = -1;
/** The functions that are imported first: the log is emptied, and a stored pointer is read. */
const EMPTY = 0;
const STORED = 1;
const OWN_IMPORTS = 2;

const I32 = 0x7f;
const VALUE_BYTES: Readonly<Partial<Record<ValueType, number>>> = {
  ...{ i32: I32, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b },
};

/** Whether a function of a type can be stood before: all its types have to be known in full. */
export function canLog({ params, results }: FunctionType): boolean {
  return [...params, ...results].every((type) => VALUE_BYTES[type] !== undefined);
}

/** Calls as they were logged, one behind the other. */
export class LoggedCalls {
  readonly #words: Int32Array;

  constructor(words: Int32Array) {
    this.#words = words;
  }

  get count(): number {
    return this.#words.length / CALL_WORDS;
  }

  /** `see` gets one call after the other, always in the same object. */
  each(see: (call: LoggedCall) => void): void {
    const words = this.#words;
    const call = { role: 0, args: new Uint32Array(ARGUMENTS_MAX), result: 0, otherCodeRan: false };
    for (let at = 0; at < words.length; at += CALL_WORDS) {
      const flags = words[at + FLAGS];
      call.role = words[at];
      for (let i = 0; i < ARGUMENTS_MAX; i++) call.args[i] = words[at + 1 + i];
      call.result = (flags & CAME_BACK) === 0 ? 0 : words[at + RESULT] >>> 0;
      call.otherCodeRan = (flags & OTHER_CODE_RAN) !== 0;
      see(call);
    }
  }
}

export class CallLog {
  /** The functions to call instead, by name. */
  readonly functions: ReadonlyMap<string, WebAssembly.ExportValue>;
  readonly #exports: WebAssembly.Exports;
  readonly #words: Int32Array;
  readonly #keep: (calls: LoggedCalls) => void;

  /** `keep` gets what has been logged whenever the log is full. */
  constructor(
    logged: readonly LoggedFunction[],
    wordAt: WordAt,
    keep: (calls: LoggedCalls) => void,
  ) {
    this.#keep = keep;
    const module = new WebAssembly.Module(moduleBytes(logged));
    const behind = Object.fromEntries(logged.map((one, index) => [index, one.behind]));
    const stored = (place: number, error: number) => (error === 0 ? wordAt(place >>> 0) : 0);
    const imports = { "": { empty: () => this.empty(), stored }, behind } as WebAssembly.Imports;
    this.#exports = new WebAssembly.Instance(module, imports).exports;
    this.#words = new Int32Array((this.#exports["log"] as WebAssembly.Memory).buffer);
    this.#global(IS_ON).value = 1;
    this.functions = new Map(logged.map(({ name }, index) => [name, this.#exports[index]]));
  }

  /** Hands on what has been logged. */
  empty(): void {
    const end = this.#global(AT).value / WORD_BYTES;
    this.#global(AT).value = 0;
    this.#global(ROUND).value++;
    if (end > 0) this.#keep(new LoggedCalls(this.#words.slice(0, end)));
  }

  /** Calls are not logged any more. */
  stop(): void {
    this.#global(IS_ON).value = 0;
    this.empty();
  }

  #global(number: number): WebAssembly.Global<"i32"> {
    return this.#exports[GLOBAL_NAMES[number]] as WebAssembly.Global<"i32">;
  }
}

/** Types that functions of allocators have: so many numbers, and one in return or nothing. */
const LIKELY_TYPES = Array.from({ length: ARGUMENTS_MAX + 1 }, (_, count) => {
  const params = Array.from({ length: count }, (): ValueType => "i32");
  return [["i32" as const], []].map((results): FunctionType => ({ params, results }));
}).flat();
const importers = new Map<FunctionType, WebAssembly.Module>();

/** The type of an exported function, if it is a likely one: only its own can be imported. */
export function typeFound(behind: unknown): FunctionType | undefined {
  return LIKELY_TYPES.find((type) => {
    const module = importers.get(type) ?? new WebAssembly.Module(importerBytes(type));
    importers.set(type, module);
    try {
      new WebAssembly.Instance(module, { "": { behind } } as WebAssembly.Imports);
      return true;
    } catch (error) {
      if (error instanceof WebAssembly.LinkError) return false;
      throw error;
    }
  });
}

function importerBytes(type: FunctionType): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    ...HEADER,
    ...section(SectionId.TYPE, [typeBytes(type)]),
    ...section(SectionId.IMPORT, [importBytes("", "behind", 0)]),
  ]);
}

/** `\0asm`, version 1. */
const HEADER = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

const EMPTY_TYPE: FunctionType = { params: [], results: [] };
const STORED_TYPE: FunctionType = { params: ["i32", "i32"], results: ["i32"] };

function moduleBytes(logged: readonly LoggedFunction[]): Uint8Array<ArrayBuffer> {
  const types = logged.map(({ type }) => typeBytes(type));
  const imported = logged.map((_, index) => {
    return importBytes("behind", String(index), OWN_IMPORTS + index);
  });
  const exported = logged.map((_, index) => exportBytes(String(index), 0, first(logged) + index));
  const globals = GLOBAL_NAMES.map((name, index) => exportBytes(name, 3, index));
  return Uint8Array.from([
    ...HEADER,
    ...section(SectionId.TYPE, [typeBytes(EMPTY_TYPE), typeBytes(STORED_TYPE), ...types]),
    ...section(SectionId.IMPORT, [
      importBytes("", "empty", EMPTY),
      importBytes("", "stored", STORED),
      ...imported,
    ]),
    ...section(
      SectionId.FUNCTION,
      logged.map((_, index) => unsignedBytes(OWN_IMPORTS + index)),
    ),
    ...section(SectionId.MEMORY, [[1, 1, 1]]),
    ...section(
      SectionId.GLOBAL,
      GLOBAL_NAMES.map(() => [I32, 1, ...pushI32(0), Opcode.END]),
    ),
    ...section(SectionId.EXPORT, [exportBytes("log", 2, 0), ...globals, ...exported]),
    ...section(
      SectionId.CODE,
      logged.map((one, index) => bodyBytes(one, OWN_IMPORTS + index)),
    ),
  ]);
}

/** The number of the first function that is not imported. */
function first({ length }: readonly LoggedFunction[]): number {
  return OWN_IMPORTS + length;
}

function section(id: number, items: readonly (readonly number[])[]): readonly number[] {
  const contents = [...unsignedBytes(items.length), ...items.flat()];
  return [id, ...unsignedBytes(contents.length), ...contents];
}

function typeBytes({ params, results }: FunctionType): readonly number[] {
  const values = (types: readonly ValueType[]) => types.map((type) => VALUE_BYTES[type] as number);
  return [
    ...[0x60, ...unsignedBytes(params.length), ...values(params)],
    ...[...unsignedBytes(results.length), ...values(results)],
  ];
}

function importBytes(module: string, name: string, type: number): readonly number[] {
  return [...textBytes(module), ...textBytes(name), 0, ...unsignedBytes(type)];
}

function exportBytes(name: string, kind: number, index: number): readonly number[] {
  return [...textBytes(name), kind, ...unsignedBytes(index)];
}

function bodyBytes(one: LoggedFunction, behind: number): readonly number[] {
  const { type, role } = one;
  const locals = role === undefined ? [0] : [1, 3, I32];
  const code = role === undefined ? passing(type, behind) : logging(one, role, behind);
  const body = [...locals, ...code, Opcode.END];
  return [...unsignedBytes(body.length), ...body];
}

/** Code may run on both sides of a call that comes back into the allocator. */
function passing(type: FunctionType, behind: number): readonly number[] {
  const says = [...pushI32(OTHER_CODE_RAN), ...setGlobal(RAN)];
  return [...says, ...callOf(type, behind), ...says];
}

function logging(
  { type, storesPointer }: LoggedFunction,
  role: number,
  behind: number,
): readonly number[] {
  const [call, round, result] = [0, 1, 2].map((local) => type.params.length + local);
  const hasResult = type.results.length > 0;
  const given = storesPointer
    ? [...getLocal(0), ...getLocal(result), Opcode.CALL, STORED]
    : getLocal(result);
  return [
    ...[...pushI32(NOT_LOGGED), ...setLocal(round)],
    ...getGlobal(IS_ON),
    ...when(writingDown(type, role, { call, round })),
    ...callOf(type, behind),
    ...(hasResult ? setLocal(result) : []),
    // A log that was emptied meanwhile has another call in that place.
    ...[...getLocal(round), ...getGlobal(ROUND), I32_EQ],
    ...when([
      ...(hasResult ? store(call, RESULT, given) : []),
      ...store(call, FLAGS, [...load(call, FLAGS), ...pushI32(CAME_BACK), Opcode.I32_OR]),
    ]),
    ...(hasResult ? getLocal(result) : []),
  ];
}

interface LogLocals {
  readonly call: number;
  readonly round: number;
}

function writingDown(
  { params }: FunctionType,
  role: number,
  { call, round }: LogLocals,
): readonly number[] {
  return [
    ...[...getGlobal(AT), ...pushI32(LOG_BYTES), Opcode.I32_GE_U],
    ...when([Opcode.CALL, EMPTY]),
    ...[...getGlobal(AT), ...setLocal(call)],
    ...[...getGlobal(ROUND), ...setLocal(round)],
    ...store(call, 0, pushI32(role)),
    ...params.flatMap((_, i) => store(call, 1 + i, getLocal(i))),
    ...store(call, FLAGS, getGlobal(RAN)),
    ...[...pushI32(0), ...setGlobal(RAN)],
    ...[...getLocal(call), ...pushI32(CALL_BYTES), Opcode.I32_ADD, ...setGlobal(AT)],
  ];
}

function callOf({ params }: FunctionType, behind: number): readonly number[] {
  return [...params.flatMap((_, i) => getLocal(i)), Opcode.CALL, ...unsignedBytes(behind)];
}

const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;
const I32_EQ = 0x46;
const I32_LOAD = 0x28;
const I32_STORE = 0x36;
/** Words lie at multiples of 2^2. */
const WORD_ALIGNMENT = 2;

function getLocal(local: number): readonly number[] {
  return [LOCAL_GET, ...unsignedBytes(local)];
}

function setLocal(local: number): readonly number[] {
  return [LOCAL_SET, ...unsignedBytes(local)];
}

function load(address: number, word: number): readonly number[] {
  return [...getLocal(address), I32_LOAD, WORD_ALIGNMENT, ...unsignedBytes(WORD_BYTES * word)];
}

function store(address: number, word: number, value: readonly number[]): readonly number[] {
  const place = [WORD_ALIGNMENT, ...unsignedBytes(WORD_BYTES * word)];
  return [...getLocal(address), ...value, I32_STORE, ...place];
}
