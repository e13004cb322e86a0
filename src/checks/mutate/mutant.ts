// The mutants of a module: every way to spoil one source construct. A construct that the compiler
// has put into several places (an inlined function) is spoilt in all of them at once.
import { type Instruction, instructionsOf, Opcode } from "../../wasm/instruction.ts";
import { ByteReader } from "../../wasm/leb128.ts";
import type { Patch } from "../../wasm/rewrite.ts";
import type { CodeOrigin, Location } from "../../wasm/source_map.ts";
import type { WasmFile } from "../../wasm/wasm_file.ts";
import { spoilingsOf } from "./operators.ts";

export interface Mutant extends Location {
  /**
   * `push_on_slab sub->add #1: set_inuse(page, inuse_of(page) - count);`: function, operator, the
   * how many-th of its kind on such a line, and the line. Lines may move; the name stays.
   */
  readonly id: string;
  /** The function of the source that the construct stands in. */
  readonly function: string;
  readonly operator: string;
  /** The line of the source. */
  readonly text: string;
  readonly patches: readonly Patch[];
}

export interface MutableModule {
  readonly file: WasmFile;
  /** Where its code comes from, which names the places of mutants. */
  readonly map: CodeOrigin;
}

export interface MutantChoice {
  /** Sources to mutate: those whose name begins with one of these. */
  readonly sources: readonly string[];
  /** Only in functions of that name. */
  readonly function?: string | undefined;
  /** Only what comes of these functions of the module, by their numbers; default: of all. */
  readonly functions?: ReadonlySet<number>;
}

/** All mutants, in the order of sources, lines and columns. */
export function mutantsOf(module: MutableModule, choice: MutantChoice): readonly Mutant[] {
  const found = new Map<string, Unnamed>();
  const namer = new FunctionNamer(module.map);
  for (const spoilt of spoiltInstructions(module, choice)) {
    const { location, operator, patch } = spoilt;
    const name = namer.functionAt(location) ?? spoilt.function;
    if (choice.function !== undefined && choice.function !== name) continue;
    const key = `${locationText(location)} ${operator}`;
    const text = module.map.lineText(location) || locationText(location);
    const patches = [...(found.get(key)?.patches ?? []), patch];
    found.set(key, { ...location, function: name, operator, text, patches });
  }
  return named([...found.values()].sort(byPlace));
}

type Unnamed = Omit<Mutant, "id">;

/** `assembly/slab/free.ts:222:14`. */
export function locationText({ source, line, column }: Location): string {
  return `${source}:${line}:${column}`;
}

function named(mutants: readonly Unnamed[]): readonly Mutant[] {
  const counts = new Map<string, number>();
  return mutants.map((mutant) => {
    const key = `${mutant.function} ${mutant.operator}: ${mutant.text}`;
    const nth = (counts.get(key) ?? 0) + 1;
    counts.set(key, nth);
    return { ...mutant, id: `${mutant.function} ${mutant.operator} #${nth}: ${mutant.text}` };
  });
}

interface Spoilt {
  readonly location: Location;
  readonly operator: string;
  readonly patch: Patch;
  /** The function of the module. */
  readonly function: string;
}

function* spoiltInstructions(
  { file, map }: MutableModule,
  { sources, functions }: MutantChoice,
): Generator<Spoilt> {
  const names = file.functionNames();
  for (const { index, codeAt, end } of file.functions) {
    if (functions?.has(index) === false) continue;
    const code = [...instructionsOf(new ByteReader(file.bytes, codeAt, end))];
    const places = new Places(map);
    for (const [i, instruction] of code.entries()) {
      const location = places.of(instruction);
      if (!sources.some((prefix) => location?.source.startsWith(prefix))) continue;
      for (const spoiling of spoilingsOf(instruction, { file, names, next: code[i + 1] })) {
        yield {
          ...spoiling,
          location: location!,
          function: names.get(index) ?? `function ${index}`,
        };
      }
    }
  }
}

/** Where the instructions of a function come from. */
class Places {
  readonly #map: CodeOrigin;
  #last: Location | undefined;

  constructor(map: CodeOrigin) {
    this.#map = map;
  }

  /**
   * Where the compiler does not say it, an instruction that takes operands comes from where the
   * last of them does; a constant may be the compiler's own.
   */
  of({ opcode, at }: Instruction): Location | undefined {
    const own = this.#map.locate(at);
    if (own !== undefined) this.#last = own;
    const isConstant = opcode === Opcode.I32_CONST || opcode === Opcode.I64_CONST;
    return own ?? (isConstant || opcode === Opcode.CALL ? undefined : this.#last);
  }
}

function byPlace(one: Unnamed, other: Unnamed): number {
  if (one.source !== other.source) return one.source < other.source ? -1 : 1;
  return (
    one.line - other.line || one.column - other.column || compare(one.operator, other.operator)
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

/** A function or method of AssemblyScript begins on such a line. */
const FUNCTION_LINE =
  /^(?:export )?function ([\w$]+)|^ {2}(?:static |private |get |set )*([\w$]+)(?:<[^>]*>)?\(.*\{$/;
const NO_NAMES: readonly (string | undefined)[] = [];

/** Finds the function of the source around a line, where the map holds sources that it can read. */
class FunctionNamer {
  readonly #map: CodeOrigin;
  readonly #known = new Map<string, readonly (string | undefined)[]>();

  constructor(map: CodeOrigin) {
    this.#map = map;
  }

  functionAt({ source, line }: Location): string | undefined {
    return (this.#known.get(source) ?? this.#namesIn(source))[line - 1];
  }

  #namesIn(source: string): readonly (string | undefined)[] {
    let name: string | undefined;
    const names = source.endsWith(".ts")
      ? this.#map.linesOf(source).map((text) => {
          const match = FUNCTION_LINE.exec(text);
          if (match !== null) name = match[1] ?? match[2];
          return name;
        })
      : NO_NAMES;
    this.#known.set(source, names);
    return names;
  }
}
