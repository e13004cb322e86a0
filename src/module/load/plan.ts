// Everything that a worker has to know of a foreign module, beside its code: plain data.
import { UserError, unlessRefused } from "../../base/user_error.ts";
import { shortName } from "../../base/visible.ts";
import type { ModuleLimits } from "../../target/options.ts";
import { type MemoryPolicy, PAGE_BYTES, PAGES_MAX } from "../../wasm/cap.ts";
import type { Import, MemoryLimits } from "../../wasm/entity.ts";
import { isIdle } from "../../wasm/idle.ts";
import type { ModuleShape, WasmFile } from "../../wasm/wasm_file.ts";
import type { Binding } from "./binding.ts";
import { detectBinding } from "./convention.ts";
import { functionType, typeText } from "./function_shape.ts";
import { dynamicTop, type FirstWord, type Glue, importsCalled, numberNamed } from "./glue.ts";
import { memoryText } from "./limits.ts";
import { hasSanitizer, makerOf } from "./maker.ts";
import { bindingOfMapping, type Mapping } from "./mapping.ts";

/** Where blocks lie. */
export interface MemoryPlan {
  /** The export that it is, undefined where it is imported only. */
  readonly exported: string | undefined;
  readonly initial: number;
  readonly maximum: number;
  readonly isShared: boolean;
}

export interface ForeignPlan {
  /** As people call it in a signature. */
  readonly name: string;
  readonly binding: Binding;
  readonly imports: readonly Import[];
  readonly memory: MemoryPlan;
  /** Blocks lie above it, where the module says where that is. */
  readonly heapBase: number | undefined;
  /** Its stores tell where they go. */
  readonly isWatched: boolean;
  /** Values of imported globals, by name. */
  readonly globals: Readonly<Record<string, number>>;
  /** What shortened names of imported functions stand for. */
  readonly importNames: Readonly<Record<string, string>>;
  /** Stored before anything is called: where the heap ends, as far as the glue has to say so. */
  readonly firstWord: FirstWord | undefined;
  /** Where the data ends that the module begins with; undefined where it is not known. */
  readonly dataEnd: number | undefined;
  /** Turns of loops between two refills, where somebody said how many. */
  readonly fuel?: number;
}

/** What a module is planned from. */
interface PlanRequest {
  /** What people call its file. */
  readonly file: string;
  readonly name: string;
  readonly shape: WasmFile;
  readonly glues: readonly Glue[];
  readonly mapping: Mapping | undefined;
  readonly isWatched: boolean;
  readonly limits: ModuleLimits;
}

export function planOf(request: PlanRequest): ForeignPlan {
  const { file, name, shape, glues, mapping, isWatched, limits } = request;
  const importNames = importNamesOf(shape, glues);
  refuseWhatIsLeftAlone(request, importNames);
  const binding =
    mapping === undefined
      ? (detectBinding({ shape, glues }) ?? refuseWithoutAllocator(file, shape))
      : bindingOfMapping(mapping, shape, file);
  const memory = memoryOf(request);
  refuseLargeTables(file, shape);
  refuseWhatCannotBeImported(file, shape.imports);
  const heapBase = exportedHeapBase(shape) ?? numberNamed("__heap_base", glues);
  return {
    name,
    binding: isArena(binding, shape) ? arenaOf(binding) : { ...binding, isArena: false },
    imports: shape.imports,
    memory,
    isWatched,
    heapBase: isDynamic(shape) || exportedHeapBase(shape) !== undefined ? heapBase : undefined,
    globals: globalsOf(shape, heapBase),
    importNames,
    firstWord: firstWordOf(shape, glues),
    dataEnd: isDynamic(shape) ? undefined : shape.dataEnd,
    fuel: limits.fuel,
  };
}

function isArena({ free }: Binding, shape: WasmFile): boolean {
  return free === undefined || isIdle(shape, free.name);
}

/** Says it before an allocator is looked for, whose functions would have other types. */
function refuseWhatIsLeftAlone(
  { file, shape, mapping }: PlanRequest,
  importNames: ForeignPlan["importNames"],
): void {
  if (shape.memory?.is64 === true) {
    throw new UserError(`${file}: has a memory of 64 bits, slabfuzz calls allocators of 32 bits`);
  }
  if (mapping === undefined && hasSanitizer(shape, importNames)) {
    throw new UserError(
      `${file}: is built with a sanitizer, whose allocator keeps freed blocks on purpose: it is ` +
        "left alone, unless --exports says how it is called",
    );
  }
}

/** Nobody gives blocks of no bytes back: where they lie does not matter. */
function arenaOf(binding: Binding): Binding {
  return { ...binding, isArena: true, hasUniqueEmptyBlocks: false };
}

/** The loader chooses its memory and the places of its data and heap. */
export function isDynamic({ imports }: ModuleShape): boolean {
  return imports.some(({ name }) => name === "__memory_base");
}

/** Each instance has its own tables, and a case has an instance. */
const ELEMENTS_MAX = 1_000_000;

/** Tables in a form that is not known here have no limit. */
function refuseLargeTables(file: string, shape: WasmFile): void {
  const elements = unlessRefused(() => shape.tableElements) ?? 0;
  if (elements <= ELEMENTS_MAX) return;
  throw new UserError(
    `${file}: has tables of ${elements} elements, at most ${ELEMENTS_MAX} are run`,
  );
}

function exportedHeapBase({ exports }: ModuleShape): number | undefined {
  const base = exports.get("__heap_base");
  return base?.kind === "global" ? base.constant : undefined;
}

function memoryOf({ file, shape, glues, limits: said }: PlanRequest): MemoryPlan {
  const { memory, hasOwnMemory } = shape;
  if (memory === undefined) throw new UserError(`${file}: has no memory to allocate from`);
  const exported = [...shape.exports].find(([, { kind }]) => kind === "memory")?.[0];
  if (hasOwnMemory && exported === undefined) {
    throw new UserError(`${file}: does not export its memory, its blocks cannot be checked`);
  }
  const limits = hasOwnMemory ? memory : withGluesInitial(memory, glues);
  const { initial, isShared } = limits;
  if (said.memory !== undefined && initial * PAGE_BYTES > said.memory) {
    const needed = memoryText(initial * PAGE_BYTES);
    const allowed = memoryText(said.memory);
    throw new UserError(`${file}: begins with a memory of ${needed}, ${allowed} are allowed`);
  }
  return { exported, initial, maximum: memoryPolicy(said)(limits), isShared };
}

/** What a memory may grow by: 64 MiB, or as much again as it begins with. */
const ROOM_PAGES = 1024;

/** The most pages that a module's memory gets; with a limit, that or what it begins with. */
export function memoryPolicy({ memory }: ModuleLimits): MemoryPolicy {
  return ({ initial, maximum = PAGES_MAX }: MemoryLimits) => {
    const usual = Math.max(initial + ROOM_PAGES, 2 * initial);
    const most = memory === undefined ? usual : Math.max(initial, memory / PAGE_BYTES);
    return Math.min(maximum, most, PAGES_MAX);
  };
}

/** The glue may give a memory more than the module asks for. */
function withGluesInitial(limits: MemoryLimits, glues: readonly Glue[]): MemoryLimits {
  for (const { text } of glues) {
    const bytes = Number(/INITIAL_MEMORY"?\]?\|\|(\d+)/.exec(text)?.[1] ?? 0);
    const pages = Math.min(bytes >>> 16, limits.maximum ?? bytes >>> 16);
    if (pages > limits.initial) return { ...limits, initial: pages };
  }
  return limits;
}

const SHORT_NAME = 2;

function importNamesOf({ imports }: ModuleShape, glues: readonly Glue[]) {
  const functions = imports.filter(({ entity }) => entity.kind === "function");
  const names = functions.map(({ name }) => name);
  const areShort = names.length > 0 && names.every(({ length }) => length <= SHORT_NAME);
  return areShort ? importsCalled(names, glues) : {};
}

/** Only old modules have the end of the heap in memory of their own, and only theirs is wanted. */
function firstWordOf(shape: ModuleShape, glues: readonly Glue[]): FirstWord | undefined {
  const word = dynamicTop(glues);
  return word !== undefined && word.value > Math.max(shape.dataEnd, word.at) ? word : undefined;
}

/** Where data lies by default: emscripten's choice. */
const MEMORY_BASE = 1024;
/** Data without contents and the stack lie between data and heap; how long they are is a guess. */
const GUESSED_GAP = 1 << 20;

function globalsOf(
  { dataEnd, imports }: ModuleShape,
  heapBase: number | undefined,
): ForeignPlan["globals"] {
  const heap = heapBase ?? ((MEMORY_BASE + dataEnd + 15) & -16) + GUESSED_GAP;
  return {
    __heap_base: heap,
    __stack_pointer: heap,
    __stack_high: heap,
    __stack_low: (MEMORY_BASE + dataEnd + 15) & -16,
    __memory_base: MEMORY_BASE,
    __table_base: imports.some(hasFixedTable) ? 0 : 1,
  };
}

/** A table without room for more is all the module's own. */
function hasFixedTable({ entity }: Import): boolean {
  return entity.kind === "table" && entity.table.initial === entity.table.maximum;
}

function refuseWhatCannotBeImported(file: string, imports: readonly Import[]): void {
  for (const { module, name, entity } of imports) {
    const isVector = entity.kind === "global" && entity.global.value === "v128";
    if (!isVector) continue;
    const what = `${shortName(module)}.${shortName(name)}`;
    throw new UserError(`${file}: imports ${what}, a v128 that JavaScript cannot make`);
  }
}

/** Names that a message lists before it counts the others. */
const NAMES_SHOWN = 12;

/** Says what was looked for, and what there is instead. */
export function refuseWithoutAllocator(file: string, shape: ModuleShape): never {
  const functions = [...shape.exports].filter(([, { kind }]) => kind === "function");
  const names = functions.map(([name]) => name);
  throw new UserError(
    `${file}: no allocator found (looked for malloc and free, __wbindgen_malloc, __new and ` +
      `__pin, and pairs such as alloc and dealloc; ${hintOf(shape, names)})`,
  );
}

/** What functions of allocators are called; of several kinds of arguments. */
const LIKELY = /^_*(malloc|calloc|alloc|allocate|free|dealloc|deallocate)$/i;

function hintOf(file: ModuleShape, names: readonly string[]): string {
  const other = names.find((name) => LIKELY.test(name) && !isOfWords(file, name));
  if (other !== undefined) {
    const type = functionType(file.exports.get(other));
    return `it exports ${other} as ${type && typeText(type)}, slabfuzz calls functions of i32`;
  }
  const maker = makerOf(file);
  if (maker !== undefined) return maker.lacks;
  if (names.length === 0) return "it exports no functions";
  const likely = names.filter((name) => /alloc|free/i.test(name));
  const shown = (likely.length > 0 ? likely : names).slice(0, NAMES_SHOWN).map(shortName);
  const rest = names.length - shown.length;
  const list = rest > 0 ? `${shown.join(" ")} and ${rest} more` : shown.join(" ");
  return `it exports ${list}; --exports malloc=NAME,free=NAME says which are meant`;
}

function isOfWords(file: ModuleShape, name: string): boolean {
  const type = functionType(file.exports.get(name));
  const types = type === undefined ? [] : [...type.params, ...type.results];
  // Of a module that runs already some types are not known.
  return types.every((one) => one === "i32" || one === "ref");
}
