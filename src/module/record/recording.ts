// The recorder: the exports of a module that runs, with other functions in place of those of its
// allocator. What a program asks of them becomes a program in the words of src/module/program/.
//
// Sees: calls of exports from outside. Does not see: calls within the module, such as those of its
// own code and a malloc in realloc; the frees and blocks that follow from them are told by what is
// seen later (traced_heap.ts).
import { counted } from "../../base/count_text.ts";
import { UserError } from "../../base/user_error.ts";
import { ANY_MODULE } from "../../target/options.ts";
import type { Entity, FunctionType } from "../../wasm/entity.ts";
import { type ModuleShape, readModule } from "../../wasm/wasm_file.ts";
import { type Binding, type Bound, bindingText } from "../load/binding.ts";
import { choiceOf } from "../load/choice.ts";
import { detectBinding } from "../load/convention.ts";
import { functionType } from "../load/function_shape.ts";
import { bindingOfMapping, parseMapping } from "../load/mapping.ts";
import { isDynamic, refuseWithoutAllocator } from "../load/plan.ts";
import { FOREIGN_SLOTS_MAX } from "../program/op.ts";
import { FOREIGN_OPS_MAX, printForeign } from "../program/text.ts";
import {
  CallLog,
  canLog,
  type LoggedCall,
  type LoggedCalls,
  type LoggedFunction,
  typeFound,
  type WordAt,
} from "./call_log.ts";
import { TracedHeap, traceNotes, type UnknownFrees } from "./traced_heap.ts";

/** Operations that a trace holds at most unless it is told otherwise. */
const OPERATIONS = 65_536;
/** Blocks that lived before the oldest operation take an operation each. */
export const TRACE_OPS_MAX = FOREIGN_OPS_MAX - FOREIGN_SLOTS_MAX;

/** What `record` and `recordNext` take; every field may be left out. */
export interface RecordOptions {
  /** The module's file or package, as `slabfuzz replay` will find it; default: left open. */
  readonly target?: string;
  /** Which exports are the allocator's: `malloc=NAME,free=NAME,...`; default: told by names. */
  readonly exports?: string;
  /** The module itself, which says the types of all exports; default: they are tried out. */
  readonly bytes?: Uint8Array;
  /** Operations that are kept at most, 1 to 196608, of 16 bytes each; default 65536. */
  readonly operations?: number;
  /** What happens when there are so many; default `stop`. */
  readonly whenFull?: "stop" | "drop oldest";
  /** Frees of addresses that no call gave, but perhaps the module itself; default `leave out`. */
  readonly unknownFrees?: UnknownFrees;
}

/** A recording under way. */
export interface Recording {
  /** To be used in place of the module's own exports. */
  readonly exports: WebAssembly.Exports;
  /** How the allocator is called: `malloc/free (malloc free)`. */
  readonly allocator: string;
  /** Calls that were recorded so far. */
  readonly calls: number;
  /** The trace so far, as a script. */
  trace(): string;
  /** Ends it: the exports stay usable, and cost next to nothing. */
  stop(): void;
}

/**
 * Records what a program asks of a module's allocator: the program has to use the exports of the
 * result in place of the instance's own. Throws a UserError where no allocator is found.
 */
export function record(
  source: WebAssembly.Instance | WebAssembly.Exports,
  options: RecordOptions = {},
): Recording {
  const exports = source instanceof WebAssembly.Instance ? source.exports : source;
  const shape = shapeOf(exports, options.bytes);
  const binding = bindingOf(shape, options);
  const isLogged = isLoggedAligned(binding.aligned, memoryOf(exports));
  const logged = isLogged ? binding : { ...binding, aligned: undefined };
  return new Recorder(exports, shape, logged, options);
}

/** Whether a module has an allocator that can be recorded. */
export function hasAllocator(exports: WebAssembly.Exports, options: RecordOptions): boolean {
  const shape = shapeOf(exports, options.bytes);
  if (options.exports === undefined) return detectBinding({ shape, glues: [] }) !== undefined;
  const { malloc, free } = parseMapping(options.exports);
  return [malloc, free].every((name) => typeof exports[name] === "function");
}

/** What a call was of the allocator. */
type Role = "alloc" | "calloc" | "aligned" | "realloc" | "free" | "collect";
const ROLES: readonly Role[] = ["alloc", "calloc", "aligned", "realloc", "free", "collect"];

class Recorder implements Recording {
  readonly exports: WebAssembly.Exports;
  readonly allocator: string;
  readonly #options: RecordOptions;
  readonly #heap: TracedHeap;
  readonly #log: CallLog;
  readonly #bounds: readonly (Bound | undefined)[];
  /** What was logged and is not looked at yet: that takes longer than the calls themselves. */
  readonly #unseen: LoggedCalls[] = [];
  #unseenCount = 0;
  #calls = 0;

  constructor(
    exports: WebAssembly.Exports,
    shape: ModuleShape,
    binding: Binding,
    options: RecordOptions,
  ) {
    const bounds = ROLES.map((role) => binding[role]);
    const others = isDynamic(shape) ? [] : otherFunctions(shape, binding);
    const { unknownFrees = "leave out", whenFull = "stop" } = options;
    this.#options = options;
    this.#bounds = bounds;
    this.allocator = bindingText(binding);
    this.#heap = new TracedHeap({
      ...{ opCountMax: operationsOf(options), dropsOldest: whenFull === "drop oldest" },
      ...{ unknownFrees, missesCalls: missesCalls(shape, binding, others), beganLate: false },
    });
    const logged = [
      ...boundFunctions(bounds),
      ...others.map((name) => ({ name, role: undefined, storesPointer: false })),
    ];
    this.#log = new CallLog(
      logged.map((one) => ({ ...one, ...functionBehind(exports, shape, one.name) })),
      wordsOf(memoryOf(exports)),
      (calls) => this.#keep(calls),
    );
    const functions = Object.fromEntries(this.#log.functions);
    this.exports = Object.freeze(Object.assign(Object.create(null), exports, functions));
  }

  get calls(): number {
    this.#log.empty();
    return this.#calls;
  }

  trace(): string {
    this.#log.empty();
    while (this.#unseen.length > 0) this.#seeOldest();
    const { target = ANY_MODULE, exports } = this.#options;
    const head = `recorded: ${this.allocator}, ${counted(this.#calls, "call")}`;
    return printForeign({
      choice: choiceOf({ target, exports }),
      bug: "none",
      comments: [head, ...traceNotes(this.#heap)],
      ops: this.#heap.ops,
    });
  }

  stop(): void {
    this.#log.stop();
  }

  #keep(calls: LoggedCalls): void {
    this.#unseen.push(calls);
    this.#unseenCount += calls.count;
    this.#calls += calls.count;
    const most = operationsOf(this.#options);
    if (!this.#heap.dropsOldest && this.#calls > most) this.#log.stop();
    while (this.#unseenCount > most && this.#unseen.length > 1) this.#seeOldest();
  }

  #seeOldest(): void {
    const calls = this.#unseen.shift();
    this.#unseenCount -= calls?.count ?? 0;
    calls?.each((call) => this.#see(call));
  }

  #see({ role, args, result, otherCodeRan }: LoggedCall): void {
    if (otherCodeRan) this.#heap.otherCodeRan();
    const { args: names = [] } = this.#bounds[role] ?? {};
    const said = (name: Bound["args"][number]) => args[names.indexOf(name)];
    playCall(this.#heap, ROLES[role], said, result);
  }
}

type Said = (name: Bound["args"][number]) => number | undefined;

function playCall(heap: TracedHeap, role: Role, said: Said, result: number): void {
  const size = said("size") ?? 0;
  if (role === "alloc" || role === "aligned") heap.allocated(result, size, said("align"));
  else if (role === "calloc") heap.zeroed(result, said("count") ?? 0, size);
  else if (role === "realloc") heap.resized(said("pointer") ?? 0, result, size);
  else if (role === "free") heap.freed(said("pointer") ?? 0, said("size"));
  else {
    heap.collected();
    heap.otherCodeRan();
  }
}

function operationsOf({ operations = OPERATIONS }: RecordOptions): number {
  const isFine = Number.isInteger(operations) && operations >= 1 && operations <= TRACE_OPS_MAX;
  if (isFine) return operations;
  throw new UserError(`operations: must be a whole number from 1 to ${TRACE_OPS_MAX}`);
}

function bindingOf(shape: ModuleShape, { exports }: RecordOptions): Binding {
  return exports === undefined
    ? (detectBinding({ shape, glues: [] }) ?? refuseWithoutAllocator("record", shape))
    : bindingOfMapping(parseMapping(exports), shape, "record");
}

/** Calls tell of no block where the order is not known, or where its pointer cannot be read. */
function isLoggedAligned(aligned: Bound | undefined, memory: WebAssembly.Memory | undefined) {
  if (aligned === undefined) return false;
  const isReadable = !storesPointer(aligned) || memory !== undefined;
  return isReadable && !aligned.args.includes("size-or-align");
}

function storesPointer({ args }: Bound): boolean {
  return args[0] === "place";
}

function memoryOf(exports: WebAssembly.Exports): WebAssembly.Memory | undefined {
  return Object.values(exports).find((value) => value instanceof WebAssembly.Memory);
}

/** The memory may grow, and has another buffer then. */
function wordsOf(memory: WebAssembly.Memory | undefined): WordAt {
  return (address) => (memory ? new DataView(memory.buffer).getUint32(address, true) : 0);
}

/** What a module exports: as its bytes say, or as far as it can be found out without them. */
function shapeOf(exports: WebAssembly.Exports, bytes: Uint8Array | undefined): ModuleShape {
  if (bytes !== undefined) return readModule(bytes, "record");
  const functions = Object.entries(exports).flatMap(([name, value]): [string, Entity][] => {
    return typeof value === "function" ? [[name, entityOf(value)]] : [];
  });
  const nothing = { imports: [], memory: undefined, hasOwnMemory: false, dataEnd: 0 };
  return { ...nothing, exports: new Map(functions) };
}

/** A type that cannot be found out is one that no allocator's function has. */
function entityOf(behind: unknown): Entity {
  const type = typeFound(behind) ?? { params: ["ref"], results: [] };
  return { kind: "function", type };
}

/** Functions that are none of the allocator's, as far as their types are known. */
function otherFunctions(shape: ModuleShape, binding: Binding): readonly string[] {
  return functionsBeside(shape, binding).flatMap(([name, type]) => (canLog(type) ? [name] : []));
}

/** A collector frees by itself; and what runs in functions that are not logged, nobody sees. */
function missesCalls(shape: ModuleShape, binding: Binding, others: readonly string[]): boolean {
  return binding.pin !== undefined || functionsBeside(shape, binding).length > others.length;
}

function functionsBeside({ exports }: ModuleShape, binding: Binding) {
  const own = [...ROLES, "pin" as const].map((role) => binding[role]?.name);
  return [...exports].flatMap(([name, entity]): [string, FunctionType][] => {
    const type = functionType(entity);
    return type === undefined || own.includes(name) ? [] : [[name, type]];
  });
}

function boundFunctions(bounds: readonly (Bound | undefined)[]) {
  return bounds.flatMap((bound, role) =>
    bound === undefined ? [] : [{ name: bound.name, role, storesPointer: storesPointer(bound) }],
  );
}

function functionBehind(
  exports: WebAssembly.Exports,
  shape: ModuleShape,
  name: string,
): Pick<LoggedFunction, "behind" | "type"> {
  const type = functionType(shape.exports.get(name));
  const behind = exports[name];
  if (type === undefined || typeof behind !== "function") {
    throw new UserError(`record: the instance exports no function ${name}, which its bytes have`);
  }
  return { behind: behind as LoggedFunction["behind"], type };
}
