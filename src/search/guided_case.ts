// The programs of a guided search. Each follows from the seed, its number, and the programs of the
// corpus that it is made of, so that any thread can make it.
import { Prng, type SeedWords } from "../base/prng.ts";
import type { GuidedOp, GuidedOps, GuidedPrograms } from "../target/guided.ts";
import { comparedOp } from "./compared.ts";

/** How a program comes about. */
export type GuidedSource =
  | { readonly kind: "generated"; readonly caseNumber: number }
  /** As it is, out of a folder. */
  | { readonly kind: "given"; readonly ops: GuidedOps }
  /** Changes of a program, with parts of another one. */
  | { readonly kind: "mutated"; readonly ops: GuidedOps; readonly other: GuidedOps };

export interface GuidedCase {
  readonly number: number;
  readonly source: GuidedSource;
}

/** Changes made in one program: one, and each further one half as often. */
const CHANGES_MAX = 6;
/** Operations that are copied or moved at a time, at most, and how often they are repeated. */
const PIECE_MAX = 16;
const REPEATS_MAX = 6;
/** One changed program in so many gets a number that comparisons suggest. */
const COMPARED = 4;
/** One changed program in so many may lose its mistake, and may have any other. */
const MISTAKE_LOST = 4;
/** A program may grow so long before it is repaired. */
const LENGTH_MAX = 50_000;
/** Mutations draw from other streams than the generator does. */
const STREAMS = 0x6d757461;

/** Operands of comparisons that differed, one pair behind the other (wasm/compare_log.ts). */
export type ComparesOf = (ops: GuidedOps) => Int32Array;

export class CaseMaker {
  readonly #programs: GuidedPrograms;
  readonly #seed: SeedWords;
  readonly #prng: Prng;

  readonly #compares: ComparesOf;

  /** `compares`: what the target compares while it runs a program. */
  constructor(programs: GuidedPrograms, { high, low }: SeedWords, compares: ComparesOf) {
    this.#programs = programs;
    this.#compares = compares;
    this.#seed = { high: (high ^ STREAMS) >>> 0, low };
    this.#prng = new Prng(this.#seed);
  }

  make({ number, source }: GuidedCase): GuidedOps {
    switch (source.kind) {
      case "generated":
        return this.#programs.generate(source.caseNumber);
      case "given":
        return source.ops;
      case "mutated":
        this.#prng.start(this.#seed, number);
        return this.#mutated(source.ops, source.other);
    }
  }

  #mutated(whole: GuidedOps, other: GuidedOps): GuidedOps {
    const prng = this.#prng;
    const program = this.#programs.opened(whole);
    const parts = this.#programs.opened(
      prng.oneIn(2) ? other : this.#programs.renamed(other, prng),
    );
    const meant = new Set([program, parts].flatMap((ops) => this.#programs.mistakesOf(ops)));
    const isMeant = (op: GuidedOp) => meant.has(op);
    const keeps = meant.size > 0 && !prng.oneIn(MISTAKE_LOST);
    let ops = prng.oneIn(COMPARED) ? this.#compared(program, whole, meant) : program;
    let changes = 1;
    while (changes < CHANGES_MAX && prng.oneIn(2)) changes++;
    for (; changes > 0 && ops.length < LENGTH_MAX; changes--) {
      const changed = this.#changed(ops, parts, meant);
      if (!keeps || changed.some(isMeant)) ops = changed;
    }
    return this.#programs.repaired(ops, keeps && ops.some(isMeant) ? meant : undefined);
  }

  /** A number is what the target compared it with. */
  #compared(program: GuidedOps, whole: GuidedOps, meant: Set<GuidedOp>): GuidedOps {
    const found = comparedOp(this.#programs, program, this.#compares(whole), this.#prng);
    if (found === undefined) return program;
    if (meant.has(program[found.at])) meant.add(found.op);
    return program.map((op, at) => (at === found.at ? found.op : op));
  }

  #changed(ops: GuidedOps, other: GuidedOps, meant: Set<GuidedOp>): GuidedOps {
    const prng = this.#prng;
    if (ops.length === 0) return other;
    switch (prng.below(8)) {
      case 0:
        return spliced(ops, other, prng);
      case 1:
        return inserted(ops, pieceOf(other, prng), prng);
      case 2:
      case 3:
        return repeated(ops, prng);
      case 4:
        return dropped(ops, prng);
      case 5:
        return inserted(dropped(ops, prng), pieceOf(ops, prng), prng);
      case 6:
        return this.#replaced(ops, meant, (op) => this.#programs.retargeted(op, ops, prng));
      default:
        return this.#replaced(ops, meant, (op) => this.#programs.renumbered(op, ops, prng));
    }
  }

  /** Another operation in the place of one; of a mistake as often as of all others. */
  #replaced(ops: GuidedOps, meant: Set<GuidedOp>, change: (op: GuidedOp) => GuidedOp): GuidedOps {
    const prng = this.#prng;
    const mistake = meant.size > 0 && prng.oneIn(2) ? ops.findIndex((op) => meant.has(op)) : -1;
    const at = mistake >= 0 ? mistake : prng.below(ops.length);
    const changed = change(ops[at]);
    if (meant.has(ops[at])) meant.add(changed);
    return [...ops.slice(0, at), changed, ...ops.slice(at + 1)];
  }
}

/** The beginning of one program, and the end of another one. */
function spliced(ops: GuidedOps, other: GuidedOps, prng: Prng): GuidedOps {
  return [
    ...ops.slice(0, prng.below(ops.length + 1)),
    ...other.slice(prng.below(other.length + 1)),
  ];
}

function inserted(ops: GuidedOps, piece: GuidedOps, prng: Prng): GuidedOps {
  const at = prng.below(ops.length + 1);
  return [...ops.slice(0, at), ...piece, ...ops.slice(at)];
}

/** A piece comes several times in a row. */
function repeated(ops: GuidedOps, prng: Prng): GuidedOps {
  const first = prng.below(ops.length);
  const piece = ops.slice(first, first + prng.between(1, PIECE_MAX));
  const copies = Array.from({ length: prng.between(1, REPEATS_MAX) }, () => piece).flat();
  return [...ops.slice(0, first), ...copies, ...ops.slice(first)];
}

function dropped(ops: GuidedOps, prng: Prng): GuidedOps {
  const first = prng.below(ops.length);
  const end = first + prng.between(1, PIECE_MAX);
  return [...ops.slice(0, first), ...ops.slice(end)];
}

function pieceOf(ops: GuidedOps, prng: Prng): GuidedOps {
  if (ops.length === 0) return [];
  const first = prng.below(ops.length);
  return ops.slice(first, first + prng.between(1, PIECE_MAX));
}
