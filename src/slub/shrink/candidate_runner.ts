// Runs candidates: on one heap and with one judge, kept for as long as the machine stays the same.
// A program that cannot run at all shows no finding.
import { hex64OfWords } from "../../base/hex.ts";
import { UserError } from "../../base/user_error.ts";
import { failureSignature } from "../../target/failure.ts";
import type { ShownByRun } from "../../target/program.ts";
import { isTrap } from "../../wasm/trap.ts";
import type { SlabHeap } from "../core/heap.ts";
import type { InvariantCadence } from "../oracle/violation.ts";
import { machineFor } from "../program/boot.ts";
import { Encoder } from "../program/encode.ts";
import type { Machine } from "../program/machine.ts";
import type { Header, Program } from "../program/op.ts";
import type { AnswerModel } from "../run/answer_model.ts";
import { Judge } from "../run/judge.ts";

/** A run costs about as much as this many operations, however short it is. */
const RUN_EFFORT = 50;

/** The finding where the core trapped. */
const TRAP: ShownByRun = {
  verdict: "invariant",
  signature: failureSignature("trap").text,
  impact: "oops",
  digest: hex64OfWords(0, 0),
};

/** The finding where slabfuzz itself failed. */
const HARNESS_ERROR: ShownByRun = {
  ...TRAP,
  signature: failureSignature("stumble").text,
  impact: "none",
};

export class CandidateRunner {
  readonly #newHeap: () => SlabHeap;
  readonly #invariants: InvariantCadence | undefined;
  readonly #model: AnswerModel | undefined;
  #heap: SlabHeap;
  #header: Header | undefined;
  #machine: Machine | undefined;
  #judge: Judge | undefined;
  #encoder: Encoder | undefined;
  /** Signatures are spelled out once. */
  readonly #signatures = new Map<number, string>();
  /** What all runs cost so far, in operations: the same on any machine. */
  effort = 0;

  /** Without a heap it makes one. */
  constructor(
    newHeap: () => SlabHeap,
    heap: SlabHeap = newHeap(),
    invariants?: InvariantCadence,
    model?: AnswerModel,
  ) {
    this.#newHeap = newHeap;
    this.#model = model;
    this.#invariants = invariants;
    this.#heap = heap;
  }

  /** What a program shows on the machine of its header; undefined if it is clean or cannot run. */
  run(program: Program): ShownByRun | undefined {
    try {
      return this.#judged(program);
    } catch (error) {
      if (error instanceof UserError) return undefined;
      this.#heap = this.#newHeap();
      this.#judge = undefined;
      this.#header = undefined;
      return isTrap(error) ? TRAP : HARNESS_ERROR;
    }
  }

  #judged(program: Program): ShownByRun | undefined {
    const judge = this.#judgeFor(program);
    const result = judge.run(this.#encoderFor(judge.heap.machine).encode(program));
    this.effort += RUN_EFFORT + result.ran;
    const { verdict, impact } = result.judgement;
    if (verdict === "ok") return undefined;
    const signature = this.#signatures.get(result.key) ?? judge.signatureOf(result).text;
    this.#signatures.set(result.key, signature);
    const digest = hex64OfWords(result.digestHigh, result.digestLow);
    return { verdict, signature, impact, digest };
  }

  #encoderFor(machine: Machine): Encoder {
    this.#encoder ??= new Encoder(machine);
    return this.#encoder;
  }

  /** Booting takes as long as some ten candidates: a machine that stays is booted once. */
  #judgeFor(program: Program): Judge {
    const { header, ops } = program;
    // Without a line that says so, memory lies where the program's page frames want it.
    const isFixed = header.phys !== undefined || !ops.some(({ op }) => op === "nextpfn");
    const isSettled = header === this.#header && isFixed;
    if (isSettled && this.#judge !== undefined) return this.#judge;
    const machine = machineFor(program);
    this.#header = header;
    if (this.#judge !== undefined && isSame(machine, this.#machine)) return this.#judge;
    this.#judge = undefined;
    this.#heap.configure(machine);
    this.#encoder = undefined;
    this.#machine = machine;
    this.#judge = new Judge(this.#heap, this.#invariants, undefined, this.#model);
    return this.#judge;
  }
}

function isSame(machine: Machine, other: Machine | undefined): boolean {
  return other !== undefined && textOf(machine) === textOf(other);
}

function textOf(machine: Machine): string {
  return JSON.stringify(machine, (_, value) => (typeof value === "bigint" ? `${value}n` : value));
}
