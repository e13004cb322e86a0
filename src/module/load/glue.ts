// The JavaScript that came with a module. Where a compiler has shortened names, only the glue still
// knows which export is malloc, and where the heap begins. It is read as text, and never run.

/** What glue says, in one form: blanks between words only, one kind of quotes. */
export interface Glue {
  readonly path: string;
  readonly text: string;
}

/**
 * The export that glue calls by a C name (`_malloc`): the first export in what is assigned to it.
 *
 *   Module._malloc=asm.f    (_malloc=Module["_malloc"]=wasmExports["s"])(a0)    da=k._malloc=c.Ia;
 */
export function exportCalled(
  name: string,
  glues: readonly Glue[],
  exports: ReadonlySet<string>,
): string | undefined {
  const assignment = new RegExp(`[^\\w$]_${name}(?:"\\])?=([^;]{1,200})`, "g");
  for (const { text } of glues) {
    for (const [, value] of text.matchAll(assignment)) {
      const found = namesIn(value).find((word) => exports.has(word));
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** Names that are looked up in something: `x.name` and `x["name"]`. */
function namesIn(text: string): string[] {
  return [...text.matchAll(/\["([^"]+)"\]|\.([\w$]+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain,
  );
}

/** A number that glue gives to a name: `var ___heap_base=82240`. */
export function numberNamed(name: string, glues: readonly Glue[]): number | undefined {
  const assignment = new RegExp(`[^\\w$]_*${name}"?[:=](\\d{3,10})[^\\d\\w.]`);
  for (const { text } of glues) {
    const match = assignment.exec(text);
    if (match !== null) return Number(match[1]);
  }
  return undefined;
}

/** A word of memory, and what the glue puts there before it calls anything. */
export interface FirstWord {
  readonly at: number;
  readonly value: number;
}

/**
 * Where emscripten up to 1.39 keeps the end of the heap, and where the heap begins. The glue sets
 * it.
 *
 *   DYNAMIC_BASE=5248528,DYNAMICTOP_PTR=5440;   HEAP32[DYNAMICTOP_PTR>>2]=DYNAMIC_BASE
 *   k[1360]=5248528                             shortened
 */
export function dynamicTop(glues: readonly Glue[]): FirstWord | undefined {
  const [at, value] = ["DYNAMICTOP_PTR", "DYNAMIC_BASE"].map((name) => numberNamed(name, glues));
  if (at !== undefined && value !== undefined) return { at, value };
  for (const { text } of glues) {
    const match = /[;,{][\w$]+\[(\d{2,7})(>>2)?\]=(\d{6,8})[;,})]/.exec(text);
    if (match === null) continue;
    const [, index, shift, number] = match;
    return { at: Number(index) * (shift === undefined ? 4 : 1), value: Number(number) };
  }
  return undefined;
}

const OBJECT_OF_NAMES = /\{(?:"?[\w$]+"?:[\w$]+,){1,400}"?[\w$]+"?:[\w$]+,?\}/g;

/**
 * What shortened imports are called in the glue, where an object of it has them all:
 * `asmLibraryArg={"b":_abort,"a":_emscripten_get_heap_size}`.
 */
export function importsCalled(
  names: readonly string[],
  glues: readonly Glue[],
): Readonly<Record<string, string>> {
  for (const { text } of glues) {
    for (const [object] of text.matchAll(OBJECT_OF_NAMES)) {
      const fields = new Map(
        [...object.matchAll(/"?([\w$]+)"?:([\w$]+)/g)].map(([, name, value]) => [name, value]),
      );
      if (names.every((name) => fields.has(name))) return Object.fromEntries(fields);
    }
  }
  return {};
}

/** The functions that wasm-bindgen's glue hands on where it passes a text: malloc and realloc. */
export function bindgenExports(glues: readonly Glue[]): readonly string[] {
  const call = /passStringToWasm0\([^()]*,wasm\.(\w+),wasm\.(\w+)\)/;
  for (const { text } of glues) {
    const match = call.exec(text);
    if (match !== null) return [match[1], match[2]];
  }
  return [];
}
