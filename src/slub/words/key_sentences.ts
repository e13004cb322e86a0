// A program in sentences, one for each operation that matters: what it made of which bytes, what
// came of that, what the kernel reported, and how it ended. Everything is told from the shadow and
// from the replay, nothing from the text of a report.
//
// Does not see: operations that changed only what was their own.
import { counted } from "../../base/count_text.ts";
import { SlabHeap } from "../core/heap.ts";
import type { Damage, Segment } from "../oracle/damage.ts";
import { REGION_NAMES, Region } from "../oracle/region.ts";
import type { Shadow } from "../oracle/shadow.ts";
import { NONE } from "../oracle/slabs.ts";
import { encode } from "../program/encode.ts";
import type { Machine } from "../program/machine.ts";
import type { Program } from "../program/op.ts";
import { Judge } from "../run/judge.ts";
import { type ReplayStep, replay } from "../run/replay.ts";
import { KernelLog } from "./dmesg.ts";
import { logMachineOf } from "./log.ts";
import { requestSentence } from "./op_sentence.ts";
import { deathOf, headlineOf } from "./transcript.ts";

export interface KeySentence {
  /** Number of the operation, counted from 0. */
  readonly op: number;
  /** Its line in the script. */
  readonly text: string;
  /** What it did, without a full stop. */
  readonly says: string;
  /** The kernel reported something. */
  readonly isReport: boolean;
}

/** Runs a program twice on a heap: once to judge it, once to tell what happened. */
export function keySentences(
  program: Program,
  machine: Machine,
  heap: SlabHeap = new SlabHeap(),
): readonly KeySentence[] {
  heap.configure(machine);
  const judge = new Judge(heap);
  judge.run(encode(program, machine));
  const teller = new Teller(judge.shadow, machine);
  const sentences: KeySentence[] = [];
  for (const step of replay(program, machine, { heap })) {
    const { says, isReport } = teller.tell(step);
    if (says !== "") sentences.push({ op: step.index, text: step.text, says, isReport });
  }
  return sentences;
}

/** What is told of one operation. */
export interface Told {
  /** What it asks for: every operation has such a sentence. */
  readonly asks: string;
  /** What came of it, if that matters; empty for an operation that changed only its own bytes. */
  readonly says: string;
  /** The lines of the kernel log. */
  readonly kernel: readonly string[];
  readonly isReport: boolean;
}

/** Tells of operations one after the other. */
export class Teller {
  readonly #shadow: Shadow;
  readonly #log: KernelLog;
  /** Slots that hold a pointer to what is no object, and the name of the place. */
  readonly #outside = new Map<string, string>();

  /** The shadow knows the operations that are told, and may know later ones. */
  constructor(shadow: Shadow, machine: Machine) {
    this.#shadow = shadow;
    this.#log = new KernelLog(logMachineOf(machine));
  }

  tell(step: ReplayStep): Told {
    const kernel = this.#log.printAll(step.events, step.caches);
    const death = deathOf(kernel);
    const report = headlineOf(kernel);
    const parts = [
      ...this.#damages(step.index).map((damage) => damageText(this.#shadow, damage, step)),
      ...this.#obtained(step),
      ...this.#writtenOutside(step),
      ...(report === undefined ? [] : [`the kernel reports ${report}`]),
      ...(death === undefined ? [] : [`the machine dies of ${death}`]),
    ];
    const asks = requestSentence(step.op);
    return { asks, says: parts.join("; "), kernel, isReport: report !== undefined };
  }

  /** A list that was damaged before is no damage of this operation's own. */
  #damages(op: number): readonly Damage[] {
    return this.#shadow.damages.filter((one) => one.op === op && one.segments.length > 0);
  }

  #obtained({ index, op, pointer, symbols }: ReplayStep): readonly string[] {
    const { objects, damages, slabs } = this.#shadow;
    const object = objectBornAt(this.#shadow, index);
    if (object === NONE || pointer === undefined || !("slot" in op)) return [];
    const cell = objects.cell(object);
    if (cell === NONE) {
      // Whole pages are no objects either, but the allocator's to give.
      if (objects.cache(object) === NONE) return [];
      const place = symbols.nameOf(pointer) ?? "an address";
      this.#outside.set(op.slot, place);
      return [`${op.slot} is ${place}, which is no object of the cache`];
    }
    const place = `${op.slot} is object ${cell - slabs.firstCell(objects.slab(object))}`;
    const isForged = damages.some(
      (damage) => damage.op < index && damage.segments.some((one) => isForgery(one, cell)),
    );
    if (isForged) return [`${place}; what its free pointer names comes next`];
    return damages.some((damage) => damage.object === object) ? [place] : [];
  }

  #writtenOutside({ op }: ReplayStep): readonly string[] {
    if (op.op !== "write") return [];
    const place = this.#outside.get(op.target.slot);
    return place === undefined
      ? []
      : [`writes ${counted(op.hex.length / 2, "byte")} over ${place}`];
  }
}

function isForgery({ region, cell, changed }: Segment, wanted: number): boolean {
  return region === Region.FREE_POINTER && cell === wanted && changed;
}

function objectBornAt({ objects }: Shadow, op: number): number {
  for (let id = 0; id < objects.count; id++) if (objects.bornAt(id) === op) return id;
  return NONE;
}

const VERBS = { write: "writes", read: "reads", free: "frees" } as const;

function damageText(shadow: Shadow, damage: Damage, step: ReplayStep): string {
  const { segments, kind, op } = damage;
  const parts = segments.map((segment) => {
    const value = kind === "write" ? valueText(shadow, op, segment, step) : "";
    return `${segmentText(shadow, segment)}${value}`;
  });
  const refused = damage.refused ? ", which is refused" : "";
  return `${VERBS[kind]} ${parts.join(" and ")}${refused}`;
}

function segmentText(shadow: Shadow, segment: Segment): string {
  const part = REGION_NAMES[segment.region].replaceAll("-", " ");
  const bytes = counted(segment.end - segment.first, "byte");
  return `${bytes} of the ${part} of ${ownerText(shadow, segment)}`;
}

function ownerText(shadow: Shadow, { slab, cell, object, isOwn }: Segment): string {
  if (slab === NONE) return "memory in no slab";
  if (cell === NONE) return "the slab";
  const index = cell - shadow.slabs.firstCell(slab);
  if (object === NONE) return `free object ${index}`;
  return isOwn ? `its own object ${index}` : `live object ${index}`;
}

const POINTER_BYTES = 8;

/** What a whole free pointer holds afterwards. */
function valueText(shadow: Shadow, op: number, segment: Segment, { symbols }: ReplayStep): string {
  const { first, end, region } = segment;
  const evidence = shadow.evidenceFor(op);
  if (region !== Region.FREE_POINTER || evidence === undefined) return "";
  const at = first - evidence.at;
  if (end - first !== POINTER_BYTES || at + POINTER_BYTES > evidence.after.length) return "";
  const { buffer, byteOffset } = evidence.after;
  const value = new DataView(buffer, byteOffset + at).getBigUint64(0, true);
  const name = symbols.nameOf(value);
  return name === undefined ? "" : `, which now points at ${name}`;
}
