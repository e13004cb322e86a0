// Runs a program and records a trace of it. Two heaps run it in step: one is replayed, for results,
// names and kernel lines; the other is followed by the judge's shadow, which knows what is so.
import { Status } from "../abi.ts";
import { hex64OfWords } from "../base/hex.ts";
import type { SlabHeap } from "../slub/core/heap.ts";
import type { Damage, Segment } from "../slub/oracle/damage.ts";
import { REGION_NAMES } from "../slub/oracle/region.ts";
import { NONE } from "../slub/oracle/slabs.ts";
import type { InvariantCadence } from "../slub/oracle/violation.ts";
import { bootLineOf } from "../slub/program/boot_line.ts";
import { encode } from "../slub/program/encode.ts";
import type { Machine } from "../slub/program/machine.ts";
import type { Program } from "../slub/program/op.ts";
import { type Case, judgeProgram } from "../slub/run/case.ts";
import { Judge } from "../slub/run/judge.ts";
import { ROLES } from "../slub/run/provenance.ts";
import { type ReplayStep, replay } from "../slub/run/replay.ts";
import { Teller } from "../slub/words/key_sentences.ts";
import { Beliefs, type BelievedSlab } from "./belief.ts";
import { BlockTable } from "./blocks.ts";
import { slabDifferences, strayDifference } from "./difference.ts";
import { MemoryWatch } from "./memory_watch.ts";
import { sheavesView } from "./sheaves.ts";
import { StateTable } from "./state.ts";
import type { Difference, Trace, TraceDamage, TraceDelta, TraceJumps, TraceOp } from "./trace.ts";
import { CellTruths } from "./truth.ts";

export interface TraceRequest {
  readonly name: string;
  readonly program: Program;
  readonly machine: Machine;
  readonly newHeap: () => SlabHeap;
  readonly invariants?: InvariantCadence;
}

/** Throws a UserError for a program that the machine cannot run. */
export function recordTrace(request: TraceRequest): Trace {
  const { name, program, machine, newHeap, invariants } = request;
  const heap = newHeap();
  const judged = judgeProgram(program, machine, heap, invariants);
  const judge = new Judge(heap);
  const recorder = new TraceRecorder(judge, machine, replay(program, machine, { heap: newHeap() }));
  judge.follow(encode(program, machine), program.ops.length, recorder);
  return recorder.trace(name, judged);
}

/** What they put into sheaves is out of sight until it comes back. */
const OUT_OF_SIGHT: ReadonlySet<string> = new Set(["sheafget", "freercu", "freercunl"]);

/** A slab behind an operation. */
interface SlabFacts {
  readonly believed: BelievedSlab;
  /** Objects that live in it. */
  readonly live: number;
  readonly differences: readonly Difference[];
}

class TraceRecorder {
  readonly #judge: Judge;
  readonly #machine: Machine;
  readonly #steps: Iterator<ReplayStep, void>;
  readonly #teller: Teller;
  readonly #blocks: BlockTable;
  readonly #memory: MemoryWatch;
  readonly #beliefs: Beliefs;
  readonly #truths: CellTruths;
  readonly #table = new StateTable();
  readonly #ops: TraceOp[] = [];
  readonly #deltas: TraceDelta[] = [];
  readonly #damages: TraceDamage[] = [];
  readonly #jumps: { -readonly [Key in keyof TraceJumps]: TraceJumps[Key] } = {};
  readonly #facts = new Map<number, SlabFacts>();
  #damageCount = 0;
  /** Free objects may lie in sheaves that nobody sees. */
  #hidesObjects = false;

  constructor(judge: Judge, machine: Machine, steps: Iterator<ReplayStep, void>) {
    const { heap, shadow } = judge;
    this.#judge = judge;
    this.#machine = machine;
    this.#steps = steps;
    this.#teller = new Teller(shadow, machine);
    this.#blocks = new BlockTable(heap, shadow);
    this.#memory = new MemoryWatch(judge, this.#blocks);
    this.#beliefs = new Beliefs(heap, shadow, this.#blocks);
    this.#truths = new CellTruths(shadow, this.#blocks);
  }

  before(op: number): void {
    this.#memory.before(op);
  }

  after(op: number): void {
    const { value: step } = this.#steps.next();
    if (step === undefined) return;
    this.#blocks.update(step);
    this.#hidesObjects ||= OUT_OF_SIGHT.has(step.op.op);
    const mem = this.#memory.after(op);
    for (const block of this.#blocks.gone) this.#table.drop(`b${block}`);
    this.#truths.update(this.#table);
    this.#look(step);
    this.#noteDamages(step);
    this.#noteOp(step);
    const set = this.#table.take();
    this.#deltas.push({
      ...(set.length === 0 ? {} : { set }),
      ...(mem.length === 0 ? {} : { mem }),
    });
  }

  trace(source: string, { verdict, signature, impact, digest, mistakeAt }: Case): Trace {
    const { profile, nrCpuIds } = this.#machine;
    const jumps = { ...this.#jumps, mistake: mistakeAt ?? undefined };
    return {
      source,
      machine: `${profile}, boot ${bootLineOf(this.#machine)}, cpus ${nrCpuIds}`,
      verdict,
      signature,
      impact,
      digest,
      roles: ROLES,
      ops: this.#ops,
      jumps,
      blocks: this.#blocks.records,
      shapes: this.#beliefs.shapes,
      damages: this.#damages,
      deltas: this.#deltas,
    };
  }

  /** Puts beliefs, and what differs from them, into the table. */
  #look(step: ReplayStep): void {
    const slabs = this.#beliefs.slabs(step, this.#memory.changed);
    const facts = slabs.map((believed) => this.#factsOf(believed));
    const strays = this.#truths.strays(
      (index) => step.caches.nameOf(index),
      (address) => this.#beliefs.placeName(address),
    );
    const live = (index: number): number => {
      const own = facts.filter(({ believed }) => believed.slab.cache === index);
      const beside = strays.filter((stray) => stray.index === index).length;
      return own.reduce((sum, one) => sum + one.live, beside);
    };
    const caches = this.#beliefs.caches(slabs, live);
    for (const [i, { cache }] of this.#blocks.caches.entries()) {
      this.#table.put(`c${cache.index}`, caches[i]);
      if (cache.sheafCapacity === 0) continue;
      const { heap } = this.#judge;
      this.#table.put(`s${cache.index}`, sheavesView(heap, cache, this.#blocks.slabs));
    }
    const differences = facts.flatMap((one) => one.differences);
    this.#table.put("x", [...differences, ...strays.map(strayDifference)]);
    const shown = strays.map(({ address: _, index: __, ...stray }) => stray);
    this.#table.put("strays", shown);
    for (const { block } of this.#blocks.ranges) {
      const isShown = this.#memory.changed.has(block) || strays.some((one) => one.block === block);
      if (isShown) this.#table.put(`b${block}`, {});
    }
  }

  /** Nothing is worked out again for a slab that stayed as it was. */
  #factsOf(believed: BelievedSlab): SlabFacts {
    const { slab, belief } = believed;
    const known = this.#facts.get(slab.block);
    const isSame = known?.believed === believed && !this.#truths.changed.has(slab.block);
    if (known !== undefined && isSame) return known;
    this.#table.put(`b${slab.block}`, belief);
    let live = 0;
    for (let cell = 0; cell < slab.cells; cell++) {
      if (this.#truths.stateOf(slab, cell).isLive) live++;
    }
    const differences = slabDifferences(believed, this.#truths, this.#hidesObjects);
    const facts = { believed, live, differences };
    this.#facts.set(slab.block, facts);
    return facts;
  }

  #noteDamages(step: ReplayStep): void {
    const { damages } = this.#judge.shadow;
    for (const damage of damages.slice(this.#damageCount)) {
      if (damage.changed) this.#jumps.damage ??= step.index;
      for (const segment of damage.segments) {
        if (segment.changed) this.#damages.push(this.#damageOf(damage, segment));
      }
    }
    this.#damageCount = damages.length;
  }

  #damageOf({ op }: Damage, segment: Segment): TraceDamage {
    const { shadow } = this.#judge;
    const { first, end, cell, slab, region } = segment;
    const { high, low } = shadow.ram.addressAt(first);
    const address = hex64OfWords(high, low);
    const facts = { op, address, length: end - first, region: REGION_NAMES[region] };
    const owner = this.#ownerText(segment);
    const place = this.#blocks.placeOf(BigInt(`0x${address}`));
    const number = cell === NONE ? {} : { cell: cell - shadow.slabs.firstCell(slab) };
    return { ...facts, owner, ...place, ...number };
  }

  #ownerText({ slab, cell, object, isOwn }: Segment): string {
    if (slab === NONE) return "memory in no slab";
    if (cell === NONE) return "the tail of the slab";
    const index = cell - this.#judge.shadow.slabs.firstCell(slab);
    if (object === NONE) return `object ${index}, which was free`;
    const name = this.#truths.nameOf(object);
    return `object ${index}, ${isOwn ? `${name} itself` : `which was ${name}`}`;
  }

  #noteOp(step: ReplayStep): void {
    const { index, status, text, result, lost } = step;
    const { asks, says, kernel, isReport } = this.#teller.tell(step);
    if (isReport) this.#jumps.report ??= index;
    if (status === Status.CRASH || status === Status.HANG) this.#jumps.crash = index;
    const losses = lost === 0 ? [] : [`(${lost} more events found no room)`];
    this.#ops.push({
      text,
      result,
      says: says === "" ? asks : `${asks}: ${says}`,
      kernel: [...kernel, ...losses],
    });
  }
}
