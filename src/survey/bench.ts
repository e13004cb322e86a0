// What debug options cost in time: the same operations under every set of options, in one run,
// each set on a heap of its own. Beside them runs a yardstick, work that has nothing to do with the
// core: two runs, on a quiet machine and on a busy one, are compared by what a set takes in
// yardsticks of the same round.

import { Status } from "../abi.ts";
import { UserError } from "../base/user_error.ts";
import { Generator } from "../gen/generate.ts";
import { DEFAULT_SHAPE, generateOptionsFor } from "../gen/options.ts";
import type { WorkloadName } from "../gen/workload_names.ts";
import { machineFor, resolveMachine } from "../program/boot.ts";
import { encode } from "../program/encode.ts";
import type { ProgramImage } from "../program/image.ts";
import type { Machine, MachineOverrides } from "../program/machine.ts";
import type { Program } from "../program/op.ts";
import { SlabHeap } from "../wasm/heap.ts";
import { type Contender, takeTurns, timed } from "./pace.ts";

/** Operations of a workload, the ending aside. */
const OPS = 4000;
/** Operations that a round plays at least. */
const ROUND_OPS = 16_000;
/** All but allocating and freeing objects of one cache. */
const WITHOUT = [
  ...["caches", "merge", "ctor", "rcu", "hwalign", "align", "bulk", "rows", "kmalloc", "krealloc"],
  ...["ksize", "large", "zeroing", "reads", "writes", "validate", "shrink", "ctorcalls"],
] as (typeof DEFAULT_SHAPE)["without"];

/** What is played: a kind of traffic, or somebody's own program. */
export type BenchWork =
  | { readonly kind: "workload"; readonly name: WorkloadName; readonly size: number }
  | { readonly kind: "program"; readonly name: string; readonly program: Program };

export interface BenchRequest {
  readonly works: readonly BenchWork[];
  readonly options: readonly string[];
  readonly machine: MachineOverrides;
  readonly seed: bigint;
  /** What it is measured on, in words. */
  readonly host: string;
  /** Time for each set of options in each workload. */
  readonly timeMs: number;
  readonly signal?: AbortSignal;
  /** Called before each workload. */
  readonly onWork?: (name: string, index: number) => void;
}

/** Nanoseconds of an operation, round by round; round i of all rows was played at about a time. */
export interface BenchRow {
  readonly options: string;
  readonly rounds: readonly number[];
}

export interface BenchGroup {
  readonly workload: string;
  readonly operations: number;
  readonly yardstick: readonly number[];
  readonly rows: readonly BenchRow[];
}

export interface Bench {
  /** What it was measured on. */
  readonly host: string;
  readonly profile: string;
  readonly boot: string;
  readonly seed: string;
  readonly groups: readonly BenchGroup[];
  readonly interrupted: boolean;
}

/** Plays all workloads. */
export function bench(request: BenchRequest): Bench {
  const { works, machine, seed, signal, onWork } = request;
  const groups: BenchGroup[] = [];
  for (const [index, work] of works.entries()) {
    if (signal?.aborted === true) break;
    onWork?.(work.name, index);
    groups.push(playGroup(request, work));
  }
  const { profile, variant } = resolveMachine({ comments: [] }, { ...machine });
  return {
    ...{ host: request.host, profile, boot: variant, seed: String(seed), groups },
    interrupted: signal?.aborted === true,
  };
}

function playGroup(request: BenchRequest, work: BenchWork): BenchGroup {
  const players = request.options.map((options) => new Player(request, work, options));
  const [yardstick, ...rounds] = takeTurns([YARDSTICK, ...players], request).map(rounded);
  const rows = players.map(({ name }, i) => ({ options: name, rounds: rounds[i] }));
  return { workload: work.name, operations: players[0].operations, yardstick, rows };
}

/** Hundredths of a nanosecond are more than any clock can tell. */
function rounded(times: readonly number[]): number[] {
  return times.map((time) => Math.round(100 * time) / 100);
}

/** A set of options that plays a workload again and again. */
class Player implements Contender {
  readonly name: string;
  readonly operations: number;
  readonly #heap = new SlabHeap();
  readonly #repeats: number;

  constructor(request: BenchRequest, work: BenchWork, options: string) {
    this.name = options;
    const machine = machineOfWork(request, work, options);
    const image = imageOf(work, machine, request.seed);
    this.operations = image.opCount;
    this.#repeats = Math.ceil(ROUND_OPS / Math.max(1, image.opCount));
    this.#heap.configure(machine);
    this.#heap.load(image);
    this.#rehearse(work.name);
  }

  round(): number {
    const heap = this.#heap;
    return timed(this.#repeats * this.operations, () => {
      for (let i = 0; i < this.#repeats; i++) {
        heap.reset();
        heap.run(0, this.operations);
      }
    });
  }

  /** A program that dies on the way cannot be compared with one that does not. */
  #rehearse(name: string): void {
    this.#heap.reset();
    const ran = this.#heap.run(0, this.operations);
    const { status } = this.#heap.result(Math.max(0, ran - 1));
    if (ran === this.operations && status !== Status.CRASH && status !== Status.HANG) return;
    throw new UserError(`${name}: under ${this.name} operation ${ran - 1} ends the machine`);
  }
}

function machineOfWork({ machine }: BenchRequest, work: BenchWork, options: string): Machine {
  const overrides = { ...machine, slubDebug: options };
  if (work.kind === "program") return machineFor(work.program, overrides);
  return resolveMachine({ comments: [] }, overrides);
}

function imageOf(work: BenchWork, machine: Machine, seed: bigint): ProgramImage {
  if (work.kind === "program") return encode(work.program, machine);
  const words = { high: Number(seed >> 32n), low: Number(seed & 0xffffffffn) };
  const options = generateOptionsFor(machine, {
    ...DEFAULT_SHAPE,
    seed: words,
    bugs: ["none"],
    swarm: false,
    without: WITHOUT,
    workload: [work.name],
    sizes: [work.size],
    opCountMax: OPS,
  });
  return longestOf(new Generator(options));
}

/** Lengths are drawn: of some programs the longest. */
function longestOf(generator: Generator): ProgramImage {
  const lengths = Array.from({ length: 16 }, (_, i) => generator.generate(i).opCount);
  return generator.generate(lengths.indexOf(Math.max(...lengths)));
}

/** Arithmetic and memory of the host alone: as fast as this machine is at the moment. */
const YARDSTICK: Contender = {
  name: "yardstick",
  round: () => timed(YARD_STEPS, walkYard),
};

const YARD_STEPS = 1 << 17;
const yard = new Uint32Array(1 << 14).map((_, i) => Math.imul(i, 0x9e3779b1));
let yardSum = 0;

function walkYard(): void {
  let sum = yardSum;
  for (let i = 0; i < YARD_STEPS; i++) {
    const at = (sum >>> 7) & (yard.length - 1);
    sum = Math.imul(sum ^ yard[at], 0x85ebca77) + i;
    yard[at] = sum;
  }
  yardSum = sum;
}
