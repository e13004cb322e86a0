// The reader of WebAssembly modules: what a binary says about itself, without running any of it.
// Node names imports and exports, but not their types. The bytes are not trusted: what cannot be
// read is a UserError. A section is read when something of it is asked for the first time, because
// modules may be large and most questions are small.
//
//   \0asm version   then sections, each   id  size  contents
import { reworded, UserError } from "../base/user_error.ts";
import {
  ENTITY_KINDS,
  type Entity,
  type EntityKind,
  type FunctionType,
  type GlobalType,
  type Import,
  type MemoryLimits,
  readFunctionType,
  readGlobalType,
  readLimits,
  readTableType,
  skipValueType,
  type TableType,
} from "./entity.ts";
import { readFunctionNames, shortFunctionName } from "./function_names.ts";
import { Opcode } from "./instruction.ts";
import { ByteReader } from "./leb128.ts";

export const SectionId = {
  CUSTOM: 0,
  TYPE: 1,
  IMPORT: 2,
  FUNCTION: 3,
  TABLE: 4,
  MEMORY: 5,
  GLOBAL: 6,
  EXPORT: 7,
  ELEMENT: 9,
  CODE: 10,
  DATA: 11,
} as const;

export const HEADER_BYTES = 8;
const MAGIC = 0x6d736100;
const CORE_VERSION = 1;

/** A section: where its header begins, where its contents do, and where both end. */
export interface Section {
  readonly id: number;
  readonly start: number;
  readonly content: number;
  readonly end: number;
}

/** A function with a body: where its instructions lie. */
export interface FunctionBody {
  /** Its number as a call names it. */
  readonly index: number;
  /** Where its size stands, where the body with its locals begins, where its instructions do. */
  readonly sizeAt: number;
  readonly bodyAt: number;
  readonly codeAt: number;
  readonly end: number;
}

/** What a module declares to its users. */
export interface ModuleShape {
  readonly imports: readonly Import[];
  /** In the order of the file. */
  readonly exports: ReadonlyMap<string, Entity>;
  /** The first memory, the only one that allocators use. */
  readonly memory: MemoryLimits | undefined;
  readonly hasOwnMemory: boolean;
  /** Where the data ends that lies there from the beginning; counted from `__memory_base`. */
  readonly dataEnd: number;
}

/** Reads a module with all that ModuleShape asks for; `name` is what people call it. */
export function readModule(bytes: Uint8Array, name: string): WasmFile {
  const problem = headerProblem(bytes);
  if (problem !== undefined) throw new UserError(`${name}: ${problem}`);
  return reworded(
    (message) => `${name}: cannot be read (${message})`,
    () => {
      const file = new WasmFile(bytes);
      file.readShape();
      return file;
    },
  );
}

/** Whether bytes begin as a module does that can be read here. */
export function isWasm(bytes: Uint8Array): boolean {
  return headerProblem(bytes) === undefined;
}

/** Why bytes are no core module, undefined if they begin like one. */
function headerProblem(bytes: Uint8Array): string | undefined {
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_BYTES || words.getUint32(0, true) !== MAGIC) {
    return "is no WebAssembly module (those begin with \\0asm)";
  }
  const version = words.getUint32(4, true);
  if (version === CORE_VERSION) return undefined;
  const isComponent = version >>> 16 === 1;
  return isComponent
    ? "is a component, not a core module"
    : `is of version ${version}, not ${CORE_VERSION}`;
}

export class WasmFile implements ModuleShape {
  readonly bytes: Uint8Array;
  readonly sections: readonly Section[];

  constructor(bytes: Uint8Array) {
    const problem = headerProblem(bytes);
    if (problem !== undefined) throw new UserError(`the file ${problem}`);
    this.bytes = bytes;
    this.sections = readSections(bytes);
  }

  /** Reads everything that a shape consists of, so that what cannot be read is refused now. */
  readShape(): void {
    for (const kind of ENTITY_KINDS) this.#entitiesOf[kind]();
    this.#exports();
    this.#dataEnd();
  }

  get imports(): readonly Import[] {
    return this.#imports();
  }

  get exports(): ReadonlyMap<string, Entity> {
    return this.#exports();
  }

  /** Elements that its tables begin with, imported ones among them. */
  get tableElements(): number {
    const imported = this.#imported("table");
    const tables = imported.flatMap((one) => (one.kind === "table" ? [one.table] : []));
    const all = [...tables, ...this.#list(SectionId.TABLE, readOwnTable)];
    return all.reduce((sum, { initial }) => sum + initial, 0);
  }

  /** Memories that it does not import. */
  get ownMemories(): readonly MemoryLimits[] {
    return this.#ownMemories();
  }

  get memory(): MemoryLimits | undefined {
    const [memory] = this.#entitiesOf.memory();
    return memory?.kind === "memory" ? memory.limits : undefined;
  }

  get hasOwnMemory(): boolean {
    return this.ownMemories.length > 0;
  }

  get dataEnd(): number {
    return this.#dataEnd();
  }

  /** Functions with bodies. */
  get functions(): readonly FunctionBody[] {
    return this.#functions();
  }

  /** Globals that it has, imported ones among them. */
  get globalCount(): number {
    const own = this.#read(SectionId.GLOBAL, (from) => from.u32()) ?? 0;
    return this.#imported("global").length + own;
  }

  /** Globals by number, imported ones first. */
  get globals(): readonly GlobalType[] {
    return this.#entitiesOf.global().flatMap((one) => (one.kind === "global" ? [one.global] : []));
  }

  /** Functions that it has, imported ones among them. */
  get functionCount(): number {
    return this.#entitiesOf.function().length;
  }

  get typeCount(): number {
    return this.#types().length;
  }

  /** Type of the function that a call names. */
  typeOfFunction(index: number): FunctionType {
    const entity = this.#entitiesOf.function()[index];
    if (entity?.kind === "function") return entity.type;
    throw new UserError(`the module has no function ${index}`);
  }

  /** Numbers of the functions of a type that a table may hold; the type is one of the module's. */
  tableFunctionsOfType(index: number): readonly number[] {
    const wanted = JSON.stringify(this.#type(index));
    return this.#tableFunctions().filter(
      (own) => JSON.stringify(this.typeOfFunction(own)) === wanted,
    );
  }

  /** The number of an exported function; undefined if it exports none of that name. */
  indexOfFunction(name: string): number | undefined {
    return this.#exportedFunctions().find((entry) => entry.name === name)?.index;
  }

  #exportedFunctions() {
    const entries = this.#list(SectionId.EXPORT, (from) => {
      return { name: from.text(), kind: ENTITY_KINDS[from.byte()], index: from.u32() };
    });
    return entries.filter(({ kind }) => kind === "function");
  }

  /** Contents of a custom section; undefined if there is none of that name. */
  custom(name: string): Uint8Array | undefined {
    for (const { id, content, end } of this.sections) {
      if (id !== SectionId.CUSTOM) continue;
      const from = new ByteReader(this.bytes, content, end);
      if (from.text() === name) return this.bytes.subarray(from.at, end);
    }
    return undefined;
  }

  /** Names that functions have in the name section, or else as exports; none without an end. */
  functionNames(): ReadonlyMap<number, string> {
    const section = this.custom("name");
    const exported = this.#exportedFunctions().map(({ name, index }) => {
      return [index, shortFunctionName(name)] as const;
    });
    const own = section === undefined ? [] : readFunctionNames(new ByteReader(section));
    return new Map([...exported, ...own]);
  }

  readonly #types = once(() => this.#list(SectionId.TYPE, readFunctionType));
  readonly #imports = once(() => this.#list(SectionId.IMPORT, (from) => this.#readImport(from)));
  readonly #exports = once(
    () => new Map(this.#list(SectionId.EXPORT, (from) => this.#readExport(from))),
  );
  readonly #ownMemories = once(() => this.#list(SectionId.MEMORY, readLimits));
  readonly #functions = once(() => this.#readBodies());
  readonly #tableFunctions = once(() => [
    ...new Set(this.#list(SectionId.ELEMENT, readTableFunctions).flat()),
  ]);
  readonly #dataEnd = once(() =>
    this.#list(SectionId.DATA, readDataEnd).reduce((last, end) => Math.max(last, end), 0),
  );

  /** Entities by kind, in the order of their numbers: imported ones come first. */
  readonly #entitiesOf: Readonly<Record<EntityKind, () => readonly Entity[]>> = {
    function: once(() => [...this.#imported("function"), ...this.#ownFunctions()]),
    memory: once(() => [
      ...this.#imported("memory"),
      ...this.ownMemories.map((limits): Entity => ({ kind: "memory", limits })),
    ]),
    global: once(() => [...this.#imported("global"), ...this.#list(SectionId.GLOBAL, readGlobal)]),
    // Tables and tags of the module's own do not concern its users.
    table: once(() => this.#imported("table")),
    tag: once(() => this.#imported("tag")),
  };

  #imported(kind: EntityKind): readonly Entity[] {
    return this.imports.map(({ entity }) => entity).filter((entity) => entity.kind === kind);
  }

  #ownFunctions(): readonly Entity[] {
    return this.#list(SectionId.FUNCTION, (from) => {
      return { kind: "function", type: this.#type(from.u32()) };
    });
  }

  #type(index: number): FunctionType {
    const type = this.#types()[index];
    if (type === undefined) throw new UserError(`the module has no type ${index}`);
    return type;
  }

  #readImport(from: ByteReader): Import {
    return { module: from.text(), name: from.text(), entity: this.#readImported(from) };
  }

  #readImported(from: ByteReader): Entity {
    const kind = ENTITY_KINDS[from.byte()];
    switch (kind) {
      case "function":
        return { kind, type: this.#type(from.u32()) };
      case "table":
        return { kind, table: readTableType(from) };
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

  #readExport(from: ByteReader): [string, Entity] {
    const name = from.text();
    const kind = ENTITY_KINDS[from.byte()];
    const index = from.u32();
    return [name, this.#entitiesOf[kind ?? "tag"]()[index] ?? UNKNOWN_EXPORT];
  }

  #readBodies(): readonly FunctionBody[] {
    let index = this.#imported("function").length;
    return this.#list(SectionId.CODE, (from) => readBody(from, index++));
  }

  /** The items of a section, which begins with their number; none if there is no such section. */
  #list<T>(id: number, readItem: (from: ByteReader) => T): readonly T[] {
    return this.#read(id, (from) => from.list(() => readItem(from))) ?? [];
  }

  #read<T>(id: number, read: (from: ByteReader) => T): T | undefined {
    const section = this.sections.find((one) => one.id === id);
    return section && read(new ByteReader(this.bytes, section.content, section.end));
  }
}

/** A function that works out its result at the first call, and keeps it. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** A table of the module's own, a tag of its own, or what has no type here. */
const UNKNOWN_EXPORT: Entity = {
  kind: "table",
  table: { initial: 0, maximum: undefined, isShared: false, is64: false, element: "anyfunc" },
};

function readSections(bytes: Uint8Array): readonly Section[] {
  const from = new ByteReader(bytes, HEADER_BYTES);
  const sections: Section[] = [];
  while (!from.isDone) {
    const start = from.at;
    const id = from.byte();
    const size = from.u32();
    const content = from.at;
    from.skip(size);
    sections.push({ id, start, content, end: from.at });
  }
  return sections;
}

function readGlobal(from: ByteReader): Entity {
  const global = readGlobalType(from);
  return { kind: "global", global, constant: readConstant(from) };
}

/** Two bytes say that what all its elements begin with stands behind the type. */
function readOwnTable(from: ByteReader): TableType {
  const hasContent = from.bytes[from.at] === TABLE_WITH_CONTENT;
  if (hasContent) from.skip(2);
  const type = readTableType(from);
  if (hasContent) readElement(from);
  return type;
}

/** Where a piece of data ends. Active data counts; what it is relative to does not. */
function readDataEnd(from: ByteReader): number {
  const flags = from.u32();
  if (flags === 2) from.u32();
  const offset = flags === 1 ? undefined : (readConstant(from) ?? 0);
  const length = from.u32();
  from.skip(length);
  return offset === undefined ? 0 : offset + length;
}

/**
 * Functions of a segment for a table: their numbers, or expressions that come to functions. The
 * lowest bit of its flags says that it is not active, the next one that it names its table.
 */
function readTableFunctions(from: ByteReader): readonly number[] {
  const flags = from.u32();
  const isActive = (flags & 1) === 0;
  if (isActive && (flags & 2) !== 0) from.u32();
  if (isActive) readConstant(from);
  const hasExpressions = (flags & 4) !== 0;
  if ((flags & 3) !== 0) {
    if (hasExpressions) skipValueType(from);
    else from.byte();
  }
  return hasExpressions ? from.list(() => readElement(from)).flat() : from.list(() => from.u32());
}

/** The function that an expression comes to; none for null, or what an imported global holds. */
function readElement(from: ByteReader): readonly number[] {
  let found: readonly number[] = [];
  for (let op = from.byte(); op !== Opcode.END; op = from.byte()) {
    if (op === REF_FUNC) found = [from.u32()];
    else if (op === Opcode.GLOBAL_GET) from.u32();
    else skipOther(op, from);
  }
  return found;
}

function readBody(from: ByteReader, index: number): FunctionBody {
  const [sizeAt, size] = [from.at, from.u32()];
  const bodyAt = from.at;
  const end = bodyAt + size;
  skipLocals(from);
  const codeAt = from.at;
  from.skip(end - codeAt);
  return { index, sizeAt, bodyAt, codeAt, end };
}

/** Locals come in groups: how many, and of which type. */
function skipLocals(from: ByteReader): void {
  for (let groups = from.u32(); groups > 0; groups--) {
    from.u32();
    skipValueType(from);
  }
}

const TABLE_WITH_CONTENT = 0x40;
const REF_NULL = 0xd0;
const REF_FUNC = 0xd2;
const VECTOR = 0xfd;
const V128_CONST = 12;

/**
 * Reads an expression, and returns the number that it comes to. What depends on an imported global
 * is relative to it; of other expressions nothing is known.
 */
function readConstant(from: ByteReader): number | undefined {
  let known: number | undefined = 0;
  for (let op = from.byte(); op !== Opcode.END; op = from.byte()) {
    if (op === Opcode.I32_CONST || op === Opcode.I64_CONST) {
      known = (known ?? 0) + Number(from.signed());
    } else if (op === Opcode.GLOBAL_GET) from.u32();
    else if (op !== Opcode.I32_ADD) known = skipOther(op, from);
  }
  return known === undefined ? undefined : known >>> 0;
}

/** Skips a constant that is no address. */
function skipOther(op: number, from: ByteReader): undefined {
  if (op === Opcode.F32_CONST) from.skip(4);
  else if (op === Opcode.F64_CONST) from.skip(8);
  else if (op === REF_NULL || op === REF_FUNC) from.signed();
  else if (op === VECTOR) from.skip(from.u32() === V128_CONST ? 16 : 0);
  return undefined;
}
