// What a module imports and exports, with the types that a binary spells out: functions, memories,
// tables, globals and tags.
import { UserError } from "../base/user_error.ts";
import type { ByteReader } from "./leb128.ts";

export type ValueType = "i32" | "i64" | "f32" | "f64" | "v128" | "ref";

export interface FunctionType {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

/** In pages, or in elements of a table. */
export interface MemoryLimits {
  readonly initial: number;
  readonly maximum: number | undefined;
  readonly isShared: boolean;
  readonly is64: boolean;
}

export interface TableType extends MemoryLimits {
  readonly element: "anyfunc" | "externref";
}

export interface GlobalType {
  readonly value: ValueType;
  readonly isMutable: boolean;
}

/** What stands for an import or an export, by kind. */
export type Entity =
  | { readonly kind: "function"; readonly type: FunctionType }
  | { readonly kind: "table"; readonly table: TableType }
  | { readonly kind: "memory"; readonly limits: MemoryLimits }
  | { readonly kind: "global"; readonly global: GlobalType; readonly constant: number | undefined }
  | { readonly kind: "tag"; readonly type: FunctionType };

/** The kinds, each at the number that a binary has for it. */
export const ENTITY_KINDS = ["function", "table", "memory", "global", "tag"] as const;

export type EntityKind = (typeof ENTITY_KINDS)[number];

export interface Import {
  readonly module: string;
  readonly name: string;
  readonly entity: Entity;
}

const VALUE_TYPES: Readonly<Record<number, ValueType>> = {
  127: "i32",
  126: "i64",
  125: "f32",
  124: "f64",
  123: "v128",
  112: "ref",
  111: "ref",
  105: "ref",
};

const FUNCTION_TYPE = 0x60;
const REF = 0x64;
const REF_OR_NULL = 0x63;
const EXTERN_REF = 0x6f;

/** Reads the type of a function. */
export function readFunctionType(from: ByteReader): FunctionType {
  if (from.byte() !== FUNCTION_TYPE) {
    throw new UserError(
      "it has types of the GC proposal, as modules of Kotlin and Dart have, " +
        "whose heap is not in memory",
    );
  }
  return {
    params: from.list(() => readValueType(from)),
    results: from.list(() => readValueType(from)),
  };
}

function readValueType(from: ByteReader): ValueType {
  const code = from.byte();
  const type = VALUE_TYPES[code];
  if (type !== undefined) return type;
  // A reference to a type by number: what it refers to is of no interest here.
  if (code !== REF && code !== REF_OR_NULL) {
    throw new UserError(`the module has a type that is not known here: 0x${code.toString(16)}`);
  }
  from.signed();
  return "ref";
}

/** Skips the type of a value, known here or not. */
export function skipValueType(from: ByteReader): void {
  const code = from.byte();
  if (code === REF || code === REF_OR_NULL) from.signed();
}

/** Reads how large a memory is at first, and may become. */
export function readLimits(from: ByteReader): MemoryLimits {
  const flags = from.u32();
  const is64 = (flags & 4) !== 0;
  const size = () => (is64 ? from.u64() : from.u32());
  const initial = size();
  const maximum = flags & 1 ? size() : undefined;
  return { initial, maximum, isShared: (flags & 2) !== 0, is64 };
}

/** Reads what a table holds, and how much of it. */
export function readTableType(from: ByteReader): TableType {
  const element = from.bytes[from.at] === EXTERN_REF ? "externref" : "anyfunc";
  readValueType(from);
  return { ...readLimits(from), element };
}

/** Reads the type of a global, without its value. */
export function readGlobalType(from: ByteReader): GlobalType {
  return { value: readValueType(from), isMutable: from.byte() === 1 };
}
