// Copies of a module with other code, more globals and functions, or other limits for its memory.
// Sections that need no change stay byte for byte.
import type { FunctionType, MemoryLimits, ValueType } from "./entity.ts";
import { Opcode } from "./instruction.ts";
import { ByteReader, signedBytes, textBytes, unsignedBytes } from "./leb128.ts";
import {
  type FunctionBody,
  HEADER_BYTES,
  type Section,
  SectionId,
  type WasmFile,
} from "./wasm_file.ts";

/** Bytes [at, end) become other ones; where both are the same, they are put in. */
export interface Patch {
  readonly at: number;
  readonly end: number;
  readonly bytes: readonly number[];
}

/** A mutable global of 32 bits (or 64). */
export interface NewGlobal {
  /** It is exported under this name; one that only the new code uses has none. */
  readonly name?: string;
  readonly isLong: boolean;
  /** Zero where it is not said. */
  readonly initial?: number;
}

/** A function behind those of the module. */
export interface NewFunction {
  /** It is exported under this name. */
  readonly name?: string | undefined;
  readonly type: FunctionType;
  /** Locals of 32 bits beside its parameters. */
  readonly locals: number;
  /** Its instructions, with the END. */
  readonly code: readonly number[];
}

/** What a copy has beside what the module has. */
export interface Additions {
  readonly globals?: readonly NewGlobal[];
  readonly functions?: readonly NewFunction[];
}

type Bytes = Uint8Array<ArrayBufferLike>;

/** Makes a section's new contents; undefined where it stays as it is. */
type Change = (section: Section) => readonly Bytes[] | undefined;

/** A copy with patches of its code, which do not overlap, and with more globals and functions. */
export function patched(
  file: WasmFile,
  patches: readonly Patch[],
  { globals = [], functions = [] }: Additions = {},
): Uint8Array<ArrayBuffer> {
  const sorted = [...patches].sort((one, other) => one.at - other.at || one.end - other.end);
  const exported = [
    ...globals.flatMap(({ name }, i) =>
      name === undefined ? [] : [exportBytes(name, EXPORT_GLOBAL, file.globalCount + i)],
    ),
    ...functions.flatMap(({ name }, i) =>
      name === undefined ? [] : [exportBytes(name, EXPORT_FUNCTION, file.functionCount + i)],
    ),
  ];
  const entries: Readonly<Record<number, readonly (readonly number[])[]>> = {
    [SectionId.TYPE]: functions.map(({ type }) => typeBytes(type)),
    [SectionId.FUNCTION]: functions.map((_, i) => unsignedBytes(file.typeCount + i)),
    [SectionId.GLOBAL]: globals.map(globalBytes),
    [SectionId.EXPORT]: exported,
  };
  return rewritten(file, (section) => {
    if (section.id === SectionId.CODE) return codeWith(file, sorted, functions.map(bodyBytes));
    const more = entries[section.id] ?? [];
    return more.length === 0 ? undefined : lengthened(file, section, more);
  });
}

/** A copy with these memories in place of the module's own. */
export function withMemories(
  file: WasmFile,
  memories: readonly MemoryLimits[],
): Uint8Array<ArrayBuffer> {
  return rewritten(file, ({ id }) => {
    if (id !== SectionId.MEMORY) return undefined;
    return [Uint8Array.from([...unsignedBytes(memories.length), ...memories.flatMap(limitsBytes)])];
  });
}

function rewritten(file: WasmFile, change: Change): Uint8Array<ArrayBuffer> {
  const sections = withGlobals(file.sections).flatMap((section) => {
    const contents = change(section);
    if (contents === undefined) return [file.bytes.subarray(section.start, section.end)];
    const header = [section.id, ...unsignedBytes(sizeOf(contents))];
    return [Uint8Array.from(header), ...contents];
  });
  return joined([file.bytes.subarray(0, HEADER_BYTES), ...sections]);
}

/** A module without globals may get some: their section, empty as yet, precedes exports. */
function withGlobals(sections: readonly Section[]): readonly Section[] {
  const at = sections.findIndex(({ id }) => id === SectionId.EXPORT);
  if (at < 0 || sections.some(({ id }) => id === SectionId.GLOBAL)) return sections;
  const { start } = sections[at];
  const none = { id: SectionId.GLOBAL, start, content: start, end: start };
  return [...sections.slice(0, at), none, ...sections.slice(at)];
}

/** What stays as it is between two functions with patches is one piece. */
function codeWith(
  file: WasmFile,
  patches: readonly Patch[],
  added: readonly (readonly number[])[],
): readonly Bytes[] {
  const { functions } = file;
  // Pieces of a Buffer take ten times as long to make.
  const bytes = new Uint8Array(file.bytes.buffer, file.bytes.byteOffset, file.bytes.length);
  const parts: Bytes[] = [new Uint8Array(unsignedBytes(functions.length + added.length))];
  const pieces = new Pieces();
  let [next, keptFrom] = [0, functions[0]?.sizeAt ?? 0];
  for (const body of functions) {
    const first = next;
    while (next < patches.length && patches[next].at < body.end) next++;
    if (first === next && hasShortSize(body)) continue;
    const own = pieces.of(bytes.subarray(0, body.end), body.bodyAt, patches.slice(first, next));
    const size = new Uint8Array(unsignedBytes(sizeOf(own)));
    parts.push(bytes.subarray(keptFrom, body.sizeAt), size);
    for (const piece of own) parts.push(piece); // more than a call takes arguments
    keptFrom = body.end;
  }
  parts.push(bytes.subarray(keptFrom, functions.at(-1)?.end ?? keptFrom));
  for (const body of added) parts.push(new Uint8Array(body));
  return parts;
}

/** Some compilers spell each size in five bytes; a copy has the fewest. */
function hasShortSize({ sizeAt, bodyAt, end }: FunctionBody): boolean {
  return bodyAt - sizeAt === unsignedBytes(end - bodyAt).length;
}

/** The bytes of patches, of which many have the same ones. */
class Pieces {
  readonly #made = new Map<readonly number[], Bytes>();

  /** Bytes from `at` to their end with patches. */
  of(bytes: Bytes, at: number, patches: readonly Patch[]): readonly Bytes[] {
    const pieces: Bytes[] = [];
    let from = at;
    for (const patch of patches) {
      pieces.push(bytes.subarray(from, patch.at), this.#bytesOf(patch));
      from = patch.end;
    }
    return [...pieces, bytes.subarray(from)];
  }

  #bytesOf(patch: Patch): Bytes {
    const bytes = this.#made.get(patch.bytes) ?? new Uint8Array(patch.bytes);
    this.#made.set(patch.bytes, bytes);
    return bytes;
  }
}

/** A vector of a section with more entries behind its own. */
function lengthened(
  file: WasmFile,
  { content, end }: Section,
  entries: readonly (readonly number[])[],
): readonly Bytes[] {
  const reader = new ByteReader(file.bytes, content, end);
  const count = unsignedBytes((content < end ? reader.u32() : 0) + entries.length);
  const own = file.bytes.subarray(reader.at, end);
  return [Uint8Array.from(count), own, Uint8Array.from(entries.flat())];
}

/** Type, mutability, and the constant that it begins with. */
function globalBytes({ isLong, initial = 0 }: NewGlobal): readonly number[] {
  const constant = [...signedBytes(BigInt(initial)), Opcode.END];
  return isLong
    ? [VALUE_CODES.i64, 1, Opcode.I64_CONST, ...constant]
    : [VALUE_CODES.i32, 1, Opcode.I32_CONST, ...constant];
}

const EXPORT_FUNCTION = 0;
const EXPORT_GLOBAL = 3;

function exportBytes(name: string, kind: number, index: number): readonly number[] {
  return [...textBytes(name), kind, ...unsignedBytes(index)];
}

const FUNCTION_TYPE = 0x60;
const VALUE_CODES: Readonly<Record<ValueType, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
  ref: 0x70,
};

function typeBytes({ params, results }: FunctionType): readonly number[] {
  const codes = (types: readonly ValueType[]) => types.map((type) => VALUE_CODES[type]);
  const counted = (types: readonly ValueType[]) => [
    ...unsignedBytes(types.length),
    ...codes(types),
  ];
  return [FUNCTION_TYPE, ...counted(params), ...counted(results)];
}

/** Its size, one group of locals or none, and the instructions. */
function bodyBytes({ locals, code }: NewFunction): readonly number[] {
  const groups = locals === 0 ? [0] : [1, ...unsignedBytes(locals), VALUE_CODES.i32];
  return [...unsignedBytes(groups.length + code.length), ...groups, ...code];
}

function limitsBytes({ initial, maximum, isShared, is64 }: MemoryLimits): readonly number[] {
  const flags = Number(maximum !== undefined) + 2 * Number(isShared) + 4 * Number(is64);
  const end = maximum === undefined ? [] : unsignedBytes(maximum);
  return [flags, ...unsignedBytes(initial), ...end];
}

function sizeOf(parts: readonly Bytes[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

function joined(parts: readonly Bytes[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(sizeOf(parts));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
