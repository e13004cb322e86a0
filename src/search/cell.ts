// A cell of an exhaustive search: one scope on one machine. It is cut into parts, which do not
// depend on who runs them: all short programs are one part, and for each of the longest of them
// there is a part with everything that goes on from it.
import { machineOf, type SlubOptions } from "../slub/options.ts";
import { bootLineOf } from "../slub/program/boot_line.ts";
import type { Machine } from "../slub/program/machine.ts";
import type { ProfileName } from "../slub/program/op.ts";
import type { MachineOverrides } from "../target/options.ts";
import type { SearchPart } from "./explorer.ts";
import { countPrograms, Grammar } from "./program_state.ts";
import { checkScope, type SearchScope, Vocabulary } from "./vocabulary.ts";

/** Parts of a cell, at least, where it has programs enough. */
const PARTS_MIN = 100;

export interface CellRequest {
  readonly scope: SearchScope;
  /** As `parseCore` reads it. */
  readonly target: string;
  readonly profile: ProfileName;
  /** Letters of slub_debug, `-` for none. */
  readonly options: string;
  readonly machine: MachineOverrides;
}

export class SearchCell {
  readonly request: CellRequest;
  readonly machine: Machine;
  readonly boot: string;
  readonly vocabulary: Vocabulary;
  readonly parts: readonly SearchPart[];
  /** Programs of the scope; exact, counted without running any. */
  readonly programs: bigint;
  /** Those of them that are run: one of all that are alike. */
  readonly toRun: bigint;

  constructor(request: CellRequest) {
    const { scope } = request;
    checkScope(scope);
    this.request = request;
    this.machine = SearchCell.machineOf(request);
    this.boot = bootLineOf(this.machine);
    this.vocabulary = new Vocabulary(scope, this.machine);
    const grammar = new Grammar(this.vocabulary, "one");
    this.programs = countPrograms(new Grammar(this.vocabulary, "each"), scope.ops);
    this.toRun = countPrograms(grammar, scope.ops);
    this.parts = partsOf(grammar, scope.ops);
  }

  /** The machine of a cell. Throws a UserError for one that cannot be. */
  static machineOf({ machine, profile, options }: CellRequest): Machine {
    const overrides = { ...machine, profile, slubDebug: options };
    return machineOf({ machine: overrides } as SlubOptions);
  }

  /** Kernel and options, for people. */
  get name(): string {
    return `${this.request.profile} ${this.request.options}`;
  }
}

/** The parts, the short programs first. */
function partsOf(grammar: Grammar, ops: number): readonly SearchPart[] {
  let prefixes: (readonly number[])[] = [[]];
  let depth = 0;
  while (depth + 2 < ops && prefixes.length < PARTS_MIN) {
    prefixes = prefixes.flatMap((prefix) => extensionsOf(grammar, prefix));
    depth++;
  }
  const long = prefixes.map((prefix) => ({ prefix, ops }));
  return depth === 0 ? long : [{ prefix: [], ops: depth }, ...long];
}

function extensionsOf(grammar: Grammar, prefix: readonly number[]): number[][] {
  const state = grammar.begin();
  for (const op of prefix) grammar.apply(state, op);
  const moves = new Int32Array(grammar.vocabulary.ops.length);
  const count = grammar.moves(state, moves);
  return [...moves.subarray(0, count)].map((op) => [...prefix, op]);
}
