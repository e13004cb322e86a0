// Finds out how a module's allocator is called, from what it exports and imports, and from the glue
// that came with it. The conventions are tried in this order:
//
//   malloc, free          C libraries: emscripten, wasi-libc and others of these names
//   __wbindgen_malloc     Rust with wasm-bindgen; newer ones have numbers instead of names
//   __new, __pin          AssemblyScript
//   alloc, dealloc        any two exports whose names and types make a pair
//   _malloc in the glue   compilers that shorten names
//   malloc alone          blocks that are never given back
import type { ModuleShape } from "../../wasm/wasm_file.ts";
import type { Binding, Bound, Convention } from "./binding.ts";
import { boundAs, isProcedure, type Role } from "./function_shape.ts";
import { bindgenExports, exportCalled, type Glue } from "./glue.ts";

/** What there is to go by. */
interface Clues {
  readonly shape: ModuleShape;
  readonly glues: readonly Glue[];
}

/** Strictest alignment of C's types for wasm32, which malloc's blocks have. */
const C_ALIGNMENT = 8;
const ASSEMBLYSCRIPT_ALIGNMENT = 16;

/** The binding of a module's allocator, undefined if there seems to be none. */
export function detectBinding(evidence: Clues): Binding | undefined {
  const finders = [
    ...[findC, findBindgen, findAssemblyScript, findPair, findShortened, findWithoutFree],
  ];
  for (const find of finders) {
    const binding = find(evidence);
    if (binding !== undefined) return binding;
  }
  return undefined;
}

function findC({ shape }: Clues): Binding | undefined {
  for (const mark of ["", "_"]) {
    const binding = bindC(shape, (name) => `${mark}${name}`, conventionOfC(shape));
    if (binding !== undefined) return binding;
  }
  return undefined;
}

/** Names as C has them, each by the name that it is exported under. */
function bindC(
  { exports }: ModuleShape,
  exported: (name: string) => string | undefined,
  convention: Convention,
): Binding | undefined {
  const bound = (role: Role, name: string): Bound | undefined =>
    boundAs(role, exported(name) ?? "", exports);
  const alloc = bound("alloc", "malloc");
  const free = bound("free", "free");
  if (alloc?.args.length !== 1 || free?.args.length !== 1) return undefined;
  const realloc = bound("realloc", "realloc");
  return {
    convention,
    alloc,
    free,
    realloc: realloc?.args.length === 2 ? realloc : undefined,
    calloc: bound("calloc", "calloc"),
    aligned: findAligned(bound),
    init: initOf(exports),
    alignment: C_ALIGNMENT,
    hasUniqueEmptyBlocks: true,
  };
}

/** Names whose order of arguments C does not lay down. */
const IN_SOME_ORDER = ["aligned_malloc", "malloc_aligned", "alloc_aligned"];

/** What gives blocks of any alignment that free takes back. */
function findAligned(bound: (role: Role, name: string) => Bound | undefined): Bound | undefined {
  const inC = bound("aligned", "memalign") ?? bound("aligned", "aligned_alloc");
  const found = inC ?? bound("posixAligned", "posix_memalign");
  if (found !== undefined || bound("free", "aligned_free") !== undefined) return found;
  const others = IN_SOME_ORDER.map((name) => bound("alignedInSomeOrder", name));
  return others.find((one) => one !== undefined);
}

/** Names that nothing but an allocator has. */
const ALONE = ["malloc", "_malloc", "wasm_malloc", "alloc", "allocate"];

function findWithoutFree({ shape: { exports } }: Clues): Binding | undefined {
  const bounds = ALONE.map((name) => boundAs("alloc", name, exports));
  const alloc = bounds.find((bound) => bound?.args.length === 1);
  if (alloc === undefined) return undefined;
  return {
    convention: "alloc without free",
    alloc,
    free: undefined,
    init: initOf(exports),
    alignment: 1,
    hasUniqueEmptyBlocks: false,
  };
}

function conventionOfC({ imports, exports }: ModuleShape): Convention {
  const isEmscripten = (name: string): boolean => /emscripten|^stackAlloc$/.test(name);
  const names = [...exports.keys(), ...imports.map(({ name }) => name)];
  if (names.some(isEmscripten)) return "emscripten";
  const isWasi = imports.some(({ module }) => module.startsWith("wasi"));
  return isWasi || exports.has("_initialize") ? "wasi" : "malloc/free";
}

function findBindgen({ shape, glues }: Clues): Binding | undefined {
  const { exports } = shape;
  const names = bindgenNames(shape, glues);
  const alloc = boundAs("alloc", names.malloc ?? "", exports);
  const free = boundAs("free", names.free ?? "", exports);
  if (alloc === undefined || free === undefined || free.args.length < 2) return undefined;
  const realloc = boundAs("realloc", names.realloc ?? "", exports);
  return {
    convention: "wasm-bindgen",
    alloc,
    free,
    realloc: realloc && realloc.args.length >= 3 ? realloc : undefined,
    init: shape.memory?.isShared && exports.has("__wbindgen_start") ? ["__wbindgen_start"] : [],
    alignment: 1,
    hasUniqueEmptyBlocks: false,
  };
}

interface BindgenNames {
  readonly malloc?: string;
  readonly realloc?: string;
  readonly free?: string;
}

const BINDGEN_NUMBERED = /^__wbindgen_export_?\d*$/;

/** By name; where the names are numbers, by the glue, and by types that no other of them has. */
function bindgenNames({ exports }: ModuleShape, glues: readonly Glue[]): BindgenNames {
  if (exports.has("__wbindgen_malloc")) {
    return { malloc: "__wbindgen_malloc", realloc: "__wbindgen_realloc", free: "__wbindgen_free" };
  }
  const numbered = [...exports.keys()].filter((name) => BINDGEN_NUMBERED.test(name));
  const withArgs = (role: Role, count: number): string | undefined =>
    numbered.find((name) => boundAs(role, name, exports)?.args.length === count);
  const [malloc, realloc] = bindgenExports(glues);
  return {
    malloc: malloc ?? withArgs("alloc", 2),
    realloc: realloc ?? withArgs("realloc", 4),
    free: numbered.find((name) => isBindgenFree(name, exports)),
  };
}

function isBindgenFree(name: string, exports: ModuleShape["exports"]): boolean {
  const entity = exports.get(name);
  if (entity?.kind !== "function" || entity.type.results.length > 0) return false;
  return boundAs("free", name, exports)?.args.length === 3;
}

function findAssemblyScript({ shape: { exports } }: Clues): Binding | undefined {
  const promise = { alignment: ASSEMBLYSCRIPT_ALIGNMENT, hasUniqueEmptyBlocks: false };
  const pin = boundAs("pin", "__pin", exports) ?? boundAs("pin", "__retain", exports);
  const free = boundAs("free", "__unpin", exports) ?? boundAs("free", "__release", exports);
  const alloc = boundAs("new", "__new", exports) ?? boundAs("new", "__alloc", exports);
  if (alloc === undefined || pin === undefined || free?.args.length !== 1) return undefined;
  const collect = boundAs("collect", "__collect", exports);
  const init = isProcedure(exports.get("_start")) ? ["_start"] : [];
  return { convention: "AssemblyScript", alloc, free, pin, collect, init, ...promise };
}

/** wasm_alloc and wasm_free, alloc and dealloc, heap.alloc and heap.free, allocBytes ... */
const ALLOC_NAME = /^(.*?)(malloc|allocate|alloc)(_?(?:bytes|buffer|buf|memory|mem|wasm|u8)?)$/i;
const FREE_WORDS = ["dealloc", "deallocate", "free", "release"] as const;

function findPair({ shape }: Clues): Binding | undefined {
  const { exports } = shape;
  const names = [...exports.keys()].filter((name) => ALLOC_NAME.test(name));
  names.sort((one, other) => one.length - other.length);
  for (const name of names) {
    const binding = bindPair(name, exports);
    if (binding !== undefined) return { ...binding, init: initOf(exports) };
  }
  return undefined;
}

function bindPair(name: string, exports: ModuleShape["exports"]): Binding | undefined {
  const [, before, word, after] = ALLOC_NAME.exec(name) ?? [];
  const named = (other: string): string => `${before}${likeCased(other, word)}${after}`;
  const alloc = boundAs("alloc", name, exports);
  const frees = FREE_WORDS.map((other) => boundAs("free", named(other), exports));
  const free = frees.find((bound) => bound !== undefined);
  if (alloc === undefined || free === undefined) return undefined;
  // An alignment that free does not get belongs to another convention.
  if (alloc.args.length > 1 && free.args.length < 2) return undefined;
  return {
    convention: "alloc/free pair",
    alloc,
    free,
    realloc: boundAs("realloc", named("realloc"), exports),
    calloc: boundAs("calloc", named("calloc"), exports),
    init: [],
    alignment: 1,
    hasUniqueEmptyBlocks: false,
  };
}

function likeCased(word: string, model: string): string {
  const isCapital = model[0] !== model[0].toLowerCase();
  return isCapital ? `${word[0].toUpperCase()}${word.slice(1)}` : word;
}

/** Compilers that shorten names: the glue knows them. */
function findShortened({ shape, glues }: Clues): Binding | undefined {
  const names = new Set(shape.exports.keys());
  return bindC(shape, (name) => exportCalled(name, glues, names), "emscripten");
}

/** What has to be called first, in the order in which compilers' glue does. */
const INIT_NAMES = ["emscripten_stack_init", "__wasm_apply_data_relocs"];

function initOf(exports: ModuleShape["exports"]): readonly string[] {
  const first = INIT_NAMES.filter((name) => isProcedure(exports.get(name)));
  const start = ["_initialize", "__wasm_call_ctors"].find((name) => isProcedure(exports.get(name)));
  return [...first, ...(start === undefined ? shortenedInit(exports) : [start])];
}

/** Where names are shortened, the first function of all is the one that calls constructors. */
function shortenedInit(exports: ModuleShape["exports"]): readonly string[] {
  const functions = [...exports].filter(([, entity]) => entity.kind === "function");
  const [first] = functions;
  if (first === undefined) return [];
  const [name, entity] = first;
  return name.length <= 2 && isProcedure(entity) ? [name] : [];
}
