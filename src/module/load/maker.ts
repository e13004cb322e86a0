// What a module was made by, as far as its imports, exports and names of functions tell: where its
// allocator cannot be called, people want to know what is missing. Text from outside is compared,
// and never shown.
import { unlessRefused } from "../../base/user_error.ts";
import type { ModuleShape, WasmFile } from "../../wasm/wasm_file.ts";

/** A compiler or a runtime. */
interface Maker {
  readonly name: string;
  /** Why its allocator cannot be called, where no exports say how. */
  readonly lacks: string;
}

/** What there is to go by; a module that runs already has no names of functions. */
type Clues = Pick<ModuleShape, "imports" | "exports"> & Partial<Pick<WasmFile, "functionNames">>;

interface Marks extends Maker {
  readonly isIn: (file: Clues) => boolean;
}

const IMPORTED_BY_GO = /^(runtime\.wasm|syscall\/js\.)/;
const IMPORTED_BY_TINYGO = /^runtime\.(ticks|sleepTicks)$/;
const EXPORTED_BY_TINYGO = /^(go_scheduler|tinygo_\w+)$/;
const NAMED_BY_ZIG = /(^|\.)heap\.(wasm_allocator|WasmAllocator|PageAllocator)\.|^start\.wasm_/;
const OF_DOTNET = /^_?mono_wasm_\w/;

/** Particular marks before general ones. */
const MAKERS: readonly Marks[] = [
  {
    name: "TinyGo",
    lacks: "it is a TinyGo program, and exports no functions that call its allocator",
    isIn: (file) => imports(file, IMPORTED_BY_TINYGO) || exportsOne(file, EXPORTED_BY_TINYGO),
  },
  {
    name: "Go",
    lacks: "it is a Go program, whose runtime keeps its allocator to itself",
    isIn: (file) =>
      file.imports.some(({ module }) => module === "gojs" || module === "go") &&
      imports(file, IMPORTED_BY_GO),
  },
  {
    name: ".NET",
    lacks: "it is the runtime of .NET, and exports no malloc and free",
    isIn: (file) => imports(file, OF_DOTNET) || exportsOne(file, OF_DOTNET),
  },
  {
    name: "Zig",
    lacks:
      "it is a Zig program, which has to export an alloc and a free that call its allocator, " +
      "such as std.heap.wasm_allocator",
    isIn: (file) => [...namesOf(file)].some((name) => NAMED_BY_ZIG.test(name)),
  },
];

/** What made a module; undefined where nothing tells. */
export function makerOf(file: Clues): Maker | undefined {
  return MAKERS.find(({ isIn }) => isIn(file));
}

/** Names of functions are decoration: damaged ones tell nothing. */
function namesOf(file: Clues): Iterable<string> {
  return unlessRefused(() => file.functionNames?.().values()) ?? [];
}

function imports(file: Clues, mark: RegExp): boolean {
  return file.imports.some(({ name }) => mark.test(name));
}

function exportsOne(file: Clues, mark: RegExp): boolean {
  return [...file.exports.keys()].some((name) => mark.test(name));
}

/** Runtimes of sanitizers ask their host for options, or are called by the code themselves. */
const OF_SANITIZER = /^_*(emscripten_sanitizer|asan|hwasan|lsan|msan|tsan|ubsan)_/;

/**
 * Whether a module is built with a sanitizer, whose allocator keeps blocks on purpose, and checks
 * them itself. `fullNames`: what shortened imports are called in the glue.
 */
export function hasSanitizer(
  file: Clues,
  fullNames: Readonly<Record<string, string>> = {},
): boolean {
  return file.imports.some(({ name }) => {
    const full = Object.hasOwn(fullNames, name) ? fullNames[name] : name;
    return OF_SANITIZER.test(full);
  });
}
