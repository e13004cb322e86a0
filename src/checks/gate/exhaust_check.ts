// What a worker of the gate does for the section `exhaust`: it runs every program of a small scope
// on one machine, and shows the shortest that breaks a rule.
import type { Heartbeat } from "../../pool/heartbeat.ts";
import { type CellRequest, SearchCell } from "../../search/cell.ts";
import { PartExplorer } from "../../search/exhaust_jobs.ts";
import { heapFor, type NamedCore, onCore } from "../../slub/named_core.ts";
import { EVERY_BYTE } from "../../slub/options.ts";
import { machineFor } from "../../slub/program/boot.ts";
import { decode } from "../../slub/program/decode.ts";
import type { Program } from "../../slub/program/op.ts";
import { judgeProgram } from "../../slub/run/case.ts";
import { failureSignature } from "../../target/failure.ts";
import { bareSignature, parseSignature, type Signature } from "../../target/signature.ts";
import { isTrap } from "../../wasm/trap.ts";
import { type Reproducer, reproducerOfProgram } from "./reproducer.ts";

/** What came of a scope on one machine. */
export interface ExhaustAnswer {
  /** Programs that were run: one of all that are alike. */
  readonly programs: number;
  readonly broken: BrokenScope | undefined;
}

interface BrokenScope {
  /** Programs that broke a rule; nothing that goes on from them was run. */
  readonly count: number;
  /** What is wrong after the shortest of them, in words. */
  readonly problem: string;
  readonly signature: Signature;
  readonly reproducer: Reproducer;
}

/** Runs every program of a cell, or one that does the same to the heap. */
export function exhaustCell(
  target: NamedCore,
  request: CellRequest,
  heartbeat: Heartbeat,
): ExhaustAnswer {
  const part = { prefix: [], ops: request.scope.ops };
  const explored = new PartExplorer(target.name).explore({ cell: request, part }, heartbeat);
  const programs = explored.programs.reduce((sum, count) => sum + count, 0);
  const { first, broken: count } = explored;
  if (first === undefined) return { programs, broken: undefined };
  const { ops, problem } = first;
  const program = scopeProgram(target, request, ops);
  const reproducer = reproducerOfProgram(target, EVERY_BYTE, program);
  const signature = signatureOfProblem(target, program, problem);
  return { programs, broken: { count, problem, signature, reproducer } };
}

/** A program of the scope; of no operations, the one that makes its caches. */
export function scopeProgram(
  target: NamedCore,
  request: CellRequest,
  ops: readonly number[],
): Program {
  const { vocabulary, machine } = new SearchCell(request);
  return onCore(decode(vocabulary.program(ops), machine), target);
}

/** What the oracle says of it, as of the same bug in other sections, or what the walk saw. */
function signatureOfProblem(target: NamedCore, program: Program, problem: string): Signature {
  try {
    const shown = judgeProgram(program, machineFor(program), heapFor(target), EVERY_BYTE);
    if (shown.verdict !== "ok") return parseSignature(shown.signature);
    return bareSignature("exhaust", { words: problem });
  } catch (error) {
    if (!isTrap(error)) throw error;
    return failureSignature("trap");
  }
}
