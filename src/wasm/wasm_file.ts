// A WebAssembly module as a file: its sections, its functions with their types and bodies, and a
// copy of it with other instructions. Everything that is not asked for stays byte for byte.
import { UserError } from "../base/user_error.ts";
import { ByteReader, textBytes, unsignedBytes } from "./leb128.ts";

const HEADER_BYTES = 8;
const MAGIC = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

const Section = { CUSTOM: 0, TYPE: 1, IMPORT: 2, FUNCTION: 3, GLOBAL: 6, EXPORT: 7, CODE: 10 };
const ImportKind = { FUNCTION: 0, TABLE: 1, MEMORY: 2, GLOBAL: 3 };
const EXPORT_GLOBAL = 3;
const FUNCTION_FORM = 0x60;

/** A section: where its contents lie. */
interface Span {
  readonly id: number;
  readonly first: number;
  readonly end: number;
}

export interface FunctionType {
  readonly parameters: readonly number[];
  readonly results: readonly number[];
}

/** A function with a body: where its instructions lie. */
export interface FunctionBody {
  /** Its number as a call names it. */
  readonly index: number;
  /** Where the body with its locals begins, where its instructions do, and where both end. */
  readonly bodyAt: number;
  readonly codeAt: number;
  readonly end: number;
}

/** Bytes [at, end) become other ones; where both are the same, they are put in. */
export interface Patch {
  readonly at: number;
  readonly end: number;
  readonly bytes: readonly number[];
}

/** A mutable global of 32 bits (or 64), zero at first, exported under its name. */
export interface NewGlobal {
  readonly name: string;
  readonly isLong: boolean;
}

export class WasmFile {
  readonly bytes: Uint8Array;
  readonly functions: readonly FunctionBody[];
  /** Globals that it has, imported ones among them. */
  readonly globalCount: number;
  readonly #sections: readonly Span[];
  readonly #types: readonly FunctionType[];
  /** Type of each function, imported ones first. */
  readonly #typeOf: readonly number[];

  constructor(bytes: Uint8Array) {
    if (MAGIC.some((byte, i) => bytes[i] !== byte)) throw new UserError("it is no WebAssembly");
    this.bytes = bytes;
    this.#sections = readSections(bytes);
    this.#types = this.#read(Section.TYPE, readTypes) ?? [];
    const imports = this.#read(Section.IMPORT, readImports) ?? { types: [], globals: 0 };
    this.#typeOf = [...imports.types, ...(this.#read(Section.FUNCTION, readNumbers) ?? [])];
    this.globalCount =
      imports.globals + (this.#read(Section.GLOBAL, (reader) => reader.u32()) ?? 0);
    const first = imports.types.length;
    this.functions = this.#read(Section.CODE, (reader) => readBodies(reader, first)) ?? [];
  }

  /** Type of the function that a call names. */
  typeOfFunction(index: number): FunctionType {
    return this.#types[this.#typeOf[index]];
  }

  /** Contents of a custom section; undefined if there is none of that name. */
  custom(name: string): Uint8Array | undefined {
    for (const { id, first, end } of this.#sections) {
      if (id !== Section.CUSTOM) continue;
      const reader = new ByteReader(this.bytes, first, end);
      if (reader.text() === name) return this.bytes.subarray(reader.at, end);
    }
    return undefined;
  }

  /** Names that functions have in the name section. */
  functionNames(): ReadonlyMap<number, string> {
    const section = this.custom("name");
    return section === undefined ? new Map() : readFunctionNames(new ByteReader(section));
  }

  /** A copy with patches of its code, which do not overlap, and with more globals. */
  patched(patches: readonly Patch[], globals: readonly NewGlobal[] = []): Uint8Array<ArrayBuffer> {
    const sorted = [...patches].sort((one, other) => one.at - other.at || one.end - other.end);
    const sections = this.#sections.flatMap((span) => this.#sectionWith(span, sorted, globals));
    return joined([this.bytes.subarray(0, HEADER_BYTES), ...sections]);
  }

  #sectionWith(
    span: Span,
    patches: readonly Patch[],
    globals: readonly NewGlobal[],
  ): readonly Uint8Array[] {
    const contents = this.bytes.subarray(span.first, span.end);
    switch (span.id) {
      case Section.CODE:
        return framed(span.id, this.#codeWith(patches));
      case Section.GLOBAL:
        return framed(span.id, lengthened(contents, globals.map(globalBytes)));
      case Section.EXPORT: {
        const entries = globals.map((global, i) => exportBytes(global, this.globalCount + i));
        return framed(span.id, lengthened(contents, entries));
      }
      default:
        return framed(span.id, [contents]);
    }
  }

  #codeWith(patches: readonly Patch[]): readonly Uint8Array[] {
    const parts: Uint8Array[] = [Uint8Array.from(unsignedBytes(this.functions.length))];
    let next = 0;
    for (const { bodyAt, end } of this.functions) {
      const body: Uint8Array[] = [];
      let at = bodyAt;
      for (; next < patches.length && patches[next].at < end; next++) {
        body.push(this.bytes.subarray(at, patches[next].at), Uint8Array.from(patches[next].bytes));
        at = patches[next].end;
      }
      body.push(this.bytes.subarray(at, end));
      parts.push(Uint8Array.from(unsignedBytes(sizeOf(body))));
      for (const piece of body) parts.push(piece); // more than a call takes arguments
    }
    return parts;
  }

  #read<T>(id: number, read: (reader: ByteReader) => T): T | undefined {
    const span = this.#sections.find((section) => section.id === id);
    return span && read(new ByteReader(this.bytes, span.first, span.end));
  }
}

function readSections(bytes: Uint8Array): readonly Span[] {
  const reader = new ByteReader(bytes, HEADER_BYTES);
  const spans: Span[] = [];
  while (!reader.isDone) {
    const id = reader.byte();
    const size = reader.u32();
    const first = reader.at;
    reader.skip(size);
    spans.push({ id, first, end: reader.at });
  }
  return spans;
}

function readTypes(reader: ByteReader): readonly FunctionType[] {
  return readMany(reader, () => {
    if (reader.byte() !== FUNCTION_FORM) throw new UserError("the module has types not known here");
    const parameters = readMany(reader, () => reader.byte());
    return { parameters, results: readMany(reader, () => reader.byte()) };
  });
}

function readImports(reader: ByteReader): { types: readonly number[]; globals: number } {
  const types: number[] = [];
  let globals = 0;
  for (let left = reader.u32(); left > 0; left--) {
    reader.text();
    reader.text();
    const kind = reader.byte();
    if (kind === ImportKind.FUNCTION) types.push(reader.u32());
    else if (kind === ImportKind.TABLE) skipTable(reader);
    else if (kind === ImportKind.MEMORY) skipLimits(reader);
    else if (kind === ImportKind.GLOBAL) {
      reader.skip(2);
      globals++;
    } else throw new UserError("the module has imports of a kind that is not known here");
  }
  return { types, globals };
}

function skipTable(reader: ByteReader): void {
  reader.byte();
  skipLimits(reader);
}

function skipLimits(reader: ByteReader): void {
  const hasMaximum = (reader.byte() & 1) !== 0;
  reader.u32();
  if (hasMaximum) reader.u32();
}

function readNumbers(reader: ByteReader): readonly number[] {
  return readMany(reader, () => reader.u32());
}

function readBodies(reader: ByteReader, firstIndex: number): readonly FunctionBody[] {
  let index = firstIndex;
  return readMany(reader, () => {
    const size = reader.u32();
    const bodyAt = reader.at;
    const end = bodyAt + size;
    for (let groups = reader.u32(); groups > 0; groups--) {
      reader.u32();
      reader.byte();
    }
    const codeAt = reader.at;
    reader.skip(end - codeAt);
    return { index: index++, bodyAt, codeAt, end };
  });
}

const FUNCTION_NAMES = 1;

function readFunctionNames(reader: ByteReader): ReadonlyMap<number, string> {
  while (!reader.isDone) {
    const id = reader.byte();
    const size = reader.u32();
    if (id === FUNCTION_NAMES)
      return new Map(readMany(reader, () => [reader.u32(), reader.text()]));
    reader.skip(size);
  }
  return new Map();
}

function readMany<T>(reader: ByteReader, read: () => T): T[] {
  const items: T[] = [];
  for (let left = reader.u32(); left > 0; left--) items.push(read());
  return items;
}

/** A vector of a section with more entries behind its own. */
function lengthened(
  contents: Uint8Array,
  entries: readonly (readonly number[])[],
): readonly Uint8Array[] {
  const reader = new ByteReader(contents);
  const count = unsignedBytes(reader.u32() + entries.length);
  return [Uint8Array.from(count), contents.subarray(reader.at), Uint8Array.from(entries.flat())];
}

function globalBytes({ isLong }: NewGlobal): readonly number[] {
  return isLong ? [0x7e, 1, 0x42, 0, 0x0b] : [0x7f, 1, 0x41, 0, 0x0b];
}

function exportBytes({ name }: NewGlobal, index: number): readonly number[] {
  return [...textBytes(name), EXPORT_GLOBAL, ...unsignedBytes(index)];
}

function framed(id: number, parts: readonly Uint8Array[]): readonly Uint8Array[] {
  return [Uint8Array.from([id, ...unsignedBytes(sizeOf(parts))]), ...parts];
}

function sizeOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(sizeOf(parts));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
