// What a WebAssembly binary says about itself, without running any of it: its imports and exports
// with their types, its memory, its constants. Node names imports and exports, but not their types.
//
//   \0asm version   then sections, each   id  size  contents
import { UserError } from "../base/user_error.ts";
import { ByteReader } from "./leb128.ts";

export type ValueType = "i32" | "i64" | "f32" | "f64" | "v128" | "ref";

export interface FunctionType {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

/** In pages, or in elements of a table. */
export interface Limits {
  readonly initial: number;
  readonly maximum: number | undefined;
  readonly isShared: boolean;
  readonly is64: boolean;
}

export interface TableType extends Limits {
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
  | { readonly kind: "memory"; readonly limits: Limits }
  | { readonly kind: "global"; readonly global: GlobalType; readonly constant: number | undefined }
  | { readonly kind: "tag"; readonly type: FunctionType };

export interface Import {
  readonly module: string;
  readonly name: string;
  readonly entity: Entity;
}

/** A section as it lies in the file, its header included. */
export interface Section {
  readonly id: number;
  readonly start: number;
  readonly content: number;
  readonly end: number;
}

export interface ModuleShape {
  readonly sections: readonly Section[];
  readonly imports: readonly Import[];
  /** In the order of the file. */
  readonly exports: ReadonlyMap<string, Entity>;
  /** The first memory, the only one that allocators use. */
  readonly memory: Limits | undefined;
  readonly hasOwnMemory: boolean;
  readonly hasStart: boolean;
  /** Where the data ends that lies there from the beginning; counted from `__memory_base`. */
  readonly dataEnd: number;
}

export const SectionId = {
  TYPE: 1,
  IMPORT: 2,
  FUNCTION: 3,
  TABLE: 4,
  MEMORY: 5,
  GLOBAL: 6,
  EXPORT: 7,
  START: 8,
  DATA: 11,
  TAG: 13,
} as const;

const MAGIC = 0x6d736100;
const CORE_VERSION = 1;

/** Reads a module; `name` is what people call it. */
export function readModuleShape(bytes: Uint8Array, name: string): ModuleShape {
  refuseOtherFiles(bytes, name);
  try {
    return new ShapeReader(bytes).read();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${name}: cannot be read (${error.message})`);
  }
}

function refuseOtherFiles(bytes: Uint8Array, name: string): void {
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8 || words.getUint32(0, true) !== MAGIC) {
    throw new UserError(`${name}: is no WebAssembly module (those begin with \\0asm)`);
  }
  const version = words.getUint32(4, true);
  if (version === CORE_VERSION) return;
  const isComponent = version >>> 16 === 1;
  const what = isComponent ? "a component, not a core module" : `of version ${version}, not 1`;
  throw new UserError(`${name}: is ${what}`);
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
const Op = {
  END: 0x0b,
  GLOBAL_GET: 0x23,
  I32_CONST: 0x41,
  I64_CONST: 0x42,
  I32_ADD: 0x6a,
} as const;
const KINDS = ["function", "table", "memory", "global", "tag"] as const;

class ShapeReader {
  readonly #bytes: Uint8Array;
  readonly #types: FunctionType[] = [];
  readonly #imports: Import[] = [];
  readonly #entities: Record<(typeof KINDS)[number], Entity[]> = {
    function: [],
    table: [],
    memory: [],
    global: [],
    tag: [],
  };
  #exports = new Map<string, Entity>();
  #hasOwnMemory = false;
  #hasStart = false;
  #dataEnd = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  read(): ModuleShape {
    const sections = this.#sections();
    for (const { id, content, end } of sections) {
      this.#section(id, new ByteReader(this.#bytes, content, end));
    }
    const memory = this.#entities.memory[0];
    return {
      sections,
      imports: this.#imports,
      exports: this.#exports,
      memory: memory?.kind === "memory" ? memory.limits : undefined,
      hasOwnMemory: this.#hasOwnMemory,
      hasStart: this.#hasStart,
      dataEnd: this.#dataEnd,
    };
  }

  #sections(): Section[] {
    const reader = new ByteReader(this.#bytes, 8);
    const sections: Section[] = [];
    while (!reader.isDone) {
      const start = reader.at;
      const id = reader.byte();
      const length = reader.u32();
      const content = reader.at;
      reader.skip(length);
      sections.push({ id, start, content, end: reader.at });
    }
    return sections;
  }

  #section(id: number, from: ByteReader): void {
    switch (id) {
      case SectionId.TYPE:
        this.#types.push(...listOf(from, () => readType(from)));
        return;
      case SectionId.IMPORT:
        listOf(from, () => this.#import(from));
        return;
      case SectionId.FUNCTION:
        listOf(from, () => this.#add({ kind: "function", type: this.#type(from.u32()) }));
        return;
      case SectionId.TABLE:
        // Tables of one's own are of no interest, and their number is that of the exports.
        return;
      case SectionId.MEMORY:
        listOf(from, () => this.#add({ kind: "memory", limits: readLimits(from) }));
        this.#hasOwnMemory = this.#entities.memory.length > 0;
        return;
      case SectionId.GLOBAL:
        listOf(from, () => this.#add(readGlobal(from)));
        return;
      case SectionId.EXPORT:
        this.#exports = new Map(listOf(from, () => this.#export(from)));
        return;
      case SectionId.START:
        this.#hasStart = true;
        return;
      case SectionId.DATA:
        listOf(from, () => this.#data(from));
        return;
      default:
    }
  }

  #add(entity: Entity): void {
    this.#entities[entity.kind].push(entity);
  }

  #type(index: number): FunctionType {
    const type = this.#types[index];
    if (type === undefined) throw new UserError(`the module has no type ${index}`);
    return type;
  }

  #import(from: ByteReader): void {
    const module = from.text();
    const name = from.text();
    const entity = this.#importedEntity(from);
    this.#imports.push({ module, name, entity });
    this.#add(entity);
  }

  #importedEntity(from: ByteReader): Entity {
    const kind = KINDS[from.byte()];
    switch (kind) {
      case "function":
        return { kind, type: this.#type(from.u32()) };
      case "table":
        return { kind, table: readTable(from) };
      case "memory":
        return { kind, limits: readLimits(from) };
      case "global":
        return { kind, global: readGlobalType(from), constant: undefined };
      case "tag":
        from.byte();
        return { kind, type: this.#type(from.u32()) };
      default:
        throw new UserError("the module has imports of a kind that is not known here");
    }
  }

  #export(from: ByteReader): [string, Entity] {
    const name = from.text();
    const kind = KINDS[from.byte()];
    const index = from.u32();
    const entity = this.#entities[kind ?? "tag"][index];
    return [name, entity ?? { kind: "table", table: NO_TABLE }];
  }

  /** Active data of the first memory counts; what it is relative to does not. */
  #data(from: ByteReader): void {
    const flags = from.u32();
    if (flags === 2) from.u32();
    const offset = flags === 1 ? undefined : (readConstant(from) ?? 0);
    const length = from.u32();
    from.skip(length);
    if (offset !== undefined) this.#dataEnd = Math.max(this.#dataEnd, offset + length);
  }
}

/** As many items as a number in front of them says. */
function listOf<T>(from: ByteReader, read: () => T): T[] {
  const items: T[] = [];
  for (let left = from.u32(); left > 0; left--) items.push(read());
  return items;
}

const NO_TABLE: TableType = {
  initial: 0,
  maximum: undefined,
  isShared: false,
  is64: false,
  element: "anyfunc",
};

function readType(from: ByteReader): FunctionType {
  const form = from.byte();
  if (form !== FUNCTION_TYPE) {
    throw new UserError("it has types of the GC proposal, whose heap is not in memory");
  }
  return {
    params: listOf(from, () => readValue(from)),
    results: listOf(from, () => readValue(from)),
  };
}

function readValue(from: ByteReader): ValueType {
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

function readLimits(from: ByteReader): Limits {
  const flags = from.u32();
  const initial = from.u32();
  const maximum = flags & 1 ? from.u32() : undefined;
  return { initial, maximum, isShared: (flags & 2) !== 0, is64: (flags & 4) !== 0 };
}

function readTable(from: ByteReader): TableType {
  const element = from.bytes[from.at] === EXTERN_REF ? "externref" : "anyfunc";
  readValue(from);
  return { ...readLimits(from), element };
}

function readGlobalType(from: ByteReader): GlobalType {
  return { value: readValue(from), isMutable: from.byte() === 1 };
}

function readGlobal(from: ByteReader): Entity {
  const global = readGlobalType(from);
  return { kind: "global", global, constant: readConstant(from) };
}

/**
 * The number that a constant expression comes to. What depends on an imported global is relative to
 * it; of other expressions nothing is known.
 */
function readConstant(from: ByteReader): number | undefined {
  let known: number | undefined = 0;
  for (let op = from.byte(); op !== Op.END; op = from.byte()) {
    if (op === Op.I32_CONST || op === Op.I64_CONST) known = (known ?? 0) + Number(from.signed());
    else if (op === Op.GLOBAL_GET) from.u32();
    else if (op !== Op.I32_ADD) known = skipOther(op, from);
  }
  return known === undefined ? undefined : known >>> 0;
}

/** Constants that are no addresses. */
function skipOther(op: number, from: ByteReader): undefined {
  const F32_CONST = 0x43;
  const F64_CONST = 0x44;
  const REF_NULL = 0xd0;
  const REF_FUNC = 0xd2;
  const VECTOR = 0xfd;
  if (op === F32_CONST) from.skip(4);
  else if (op === F64_CONST) from.skip(8);
  else if (op === REF_NULL || op === REF_FUNC) from.signed();
  else if (op === VECTOR) from.skip(from.u32() === 12 ? 16 : 0);
  return undefined;
}
