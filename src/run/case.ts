// A program, judged: what the harness thinks of it.
import { hex64OfWords } from "../base/hex.ts";
import { encode } from "../program/encode.ts";
import type { Machine } from "../program/machine.ts";
import type { Program } from "../program/op.ts";
import { SlabHeap } from "../wasm/heap.ts";
import { Judge } from "./judge.ts";

export interface Case {
  readonly verdict: string;
  /** What makes two findings the same bug. */
  readonly signature: string;
  readonly impact: string;
  /** Sixteen digits over everything that the machine answered and printed. */
  readonly digest: string;
}

/** Runs a program in one go, and judges it. */
export function judgeProgram(
  program: Program,
  machine: Machine,
  heap: SlabHeap = new SlabHeap(),
): Case {
  heap.configure(machine);
  const judge = new Judge(heap);
  const result = judge.run(encode(program, machine));
  return {
    verdict: result.judgement.verdict,
    signature: judge.signatureOf(result),
    impact: result.judgement.impact,
    digest: hex64OfWords(result.digestHigh, result.digestLow),
  };
}

/** The first operations of a program. */
export function firstOperations(program: Program, count: number): Program {
  const { source } = program;
  return {
    ...program,
    ops: program.ops.slice(0, count),
    source: source && {
      ...source,
      lines: source.lines.slice(0, count),
      texts: source.texts.slice(0, count),
    },
  };
}
