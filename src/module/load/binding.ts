// How a module's allocator is called: which exports, in which order they take their arguments, and
// what its convention promises. Plain data, which travels to worker threads.
import { shortName } from "../../base/visible.ts";

/** What an argument of a bound function stands for. */
export type Argument =
  | "size"
  | "align"
  | "pointer"
  | "old-size"
  | "count"
  | "class"
  /** Where the function stores the pointer. */
  | "place"
  /** A size or an alignment: which of them is found out when the module runs. */
  | "size-or-align";

export interface Bound {
  readonly name: string;
  readonly args: readonly Argument[];
}

export type Convention =
  | "emscripten"
  | "wasi"
  | "malloc/free"
  | "wasm-bindgen"
  | "AssemblyScript"
  | "alloc/free pair"
  | "alloc without free"
  | "mapping";

export interface Binding {
  readonly convention: Convention;
  readonly alloc: Bound;
  /** Undefined where there is no way to give a block back. */
  readonly free: Bound | undefined;
  readonly realloc?: Bound;
  readonly calloc?: Bound;
  /** C's function for blocks that are more aligned than malloc's. */
  readonly aligned?: Bound;
  /** Objects of a garbage collector: what keeps one, and what frees those that are not kept. */
  readonly pin?: Bound;
  readonly collect?: Bound;
  /** Exports without arguments that are called once, in this order, before anything else. */
  readonly init: readonly string[];
  /** Blocks lie at multiples of this, or of their size where that is less. */
  readonly alignment: number;
  /** Its free does nothing: blocks are never used again, by design. */
  readonly isArena?: boolean;
  /** C's promise: a block of no bytes has an address of its own, or none. */
  readonly hasUniqueEmptyBlocks: boolean;
}

/** The functions of a binding as people call them: `malloc free realloc`. */
export function functionsOf(binding: Binding): readonly Bound[] {
  const { alloc, free, realloc, calloc, aligned, pin, collect } = binding;
  return [alloc, free, realloc, calloc, aligned, pin, collect].filter(
    (bound) => bound !== undefined,
  );
}

/** `emscripten (malloc free realloc calloc)`; of an arena also that it is one. */
export function bindingText(binding: Binding): string {
  const names = functionsOf(binding).map(({ name }) => shortName(name));
  const isNoOp = binding.isArena && binding.free !== undefined;
  const arena = isNoOp ? ", an arena: its free does nothing" : "";
  return `${binding.convention} (${[...new Set(names)].join(" ")})${arena}`;
}

/** Whether the caller says how a block is to be aligned. */
export function takesAlignment({ alloc, aligned }: Binding): boolean {
  return aligned !== undefined || alloc.args.includes("align");
}

/** Whether the caller of free has to know the size of the block. */
export function takesSizes({ free }: Binding): boolean {
  return free?.args.includes("size") === true;
}
