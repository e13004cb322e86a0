// The core, driven by a stream: one cache for each size, under options of its own.
import { PAGE_SIZE, Status } from "../../abi.ts";
import { UserError } from "../../base/user_error.ts";
import { SlabHeap } from "../../slub/core/heap.ts";
import { readCache } from "../../slub/core/kmem_cache.ts";
import type { CoreKind } from "../../slub/core/load.ts";
import { Layout } from "../../slub/oracle/layout.ts";
import { bootLettersFor, machineFor, resolveMachine } from "../../slub/program/boot.ts";
import { encode } from "../../slub/program/encode.ts";
import { ProgramImage } from "../../slub/program/image.ts";
import { type Machine, profileNumber } from "../../slub/program/machine.ts";
import type { Program } from "../../slub/program/op.ts";
import type { MachineOverrides } from "../../target/options.ts";
import { BYTE_CAUSES, type SlotLayout, slotLayout } from "../layout/layout.ts";
import { type Contender, playedRepeatedly, timed } from "./measure.ts";
import { ROUND, Stream, type StreamRequest } from "./stream.ts";

export interface CoreRequest extends Omit<StreamRequest, "cpus"> {
  readonly name: string;
  readonly profile?: string;
  readonly boot?: string;
  /** Letters of slub_debug, `-` for none. */
  readonly options: string;
  /** A build of the core that counts, say. */
  readonly core?: CoreKind;
  /** Whether every check is made, and none skipped whose answer is known. */
  readonly isThorough?: boolean;
}

/** Page frames that the kernel keeps to itself, and some to spare. */
const OTHER_PAGES = 512;
/** The sum of objects of a size, where there are many, may exceed its share by so much. */
const ROOM = 2.2;
const PAGES_MAX = 262144;

export class SlubContender implements Contender {
  readonly name: string;
  readonly heap: SlabHeap;
  readonly stream: Stream;
  /** The slot of each cache's objects. */
  readonly slots: readonly SlotLayout[];
  /** Pages in use before there was any object. */
  readonly startPages: number;

  constructor(request: CoreRequest) {
    const { profile, boot, options, mix, live } = request;
    const machine = resolveMachine({ comments: [] }, { profile, boot, slubDebug: options });
    this.name = request.name;
    this.heap = new SlabHeap(request.core);
    this.heap.isThorough = request.isThorough ?? false;
    const layouts = mix.sizes.map((size) => layoutOf(machine, size));
    const physPages = pagesFor(machine, layouts, live);
    // Each size has a cache of its own.
    this.heap.configure({ ...machine, physPages, nomerge: true });
    this.heap.reset();
    this.startPages = this.heap.core.pages_in_use();
    this.#run(cachesImage(machine, mix.sizes));
    this.slots = mix.sizes.map((_, i) => {
      return slotLayout(machine, readCache(this.heap, this.heap.result(i).valueLow));
    });
    this.stream = new Stream({ ...request, cpus: machine.cpus });
    this.stream.begin((image) => this.#run(image));
  }

  round(): number {
    const image = this.stream.next();
    this.heap.load(image);
    return timed(ROUND, () => this.#play(image));
  }

  #run(image: ProgramImage): void {
    this.heap.load(image);
    this.#play(image);
  }

  #play(image: ProgramImage): void {
    if (this.heap.run(0, image.opCount) < image.opCount) throw new Error("the core died");
  }
}

/** Letters that slub_debug gives each cache of the stream. */
function lettersOf(machine: Machine): number {
  return bootLettersFor(machine, "bench", 0);
}

function layoutOf(machine: Machine, size: number): Layout {
  const layout = new Layout();
  const { nrCpuIds, profile } = machine;
  const letters = lettersOf(machine);
  layout.compute({ profile: profileNumber(profile), size, align: 0, letters, nrCpuIds });
  return layout;
}

function cachesImage(machine: Machine, sizes: readonly number[]): ProgramImage {
  const image = new ProgramImage();
  for (const [i, size] of sizes.entries()) {
    image.cache(image.newName(`bench${i}`), size, 0, 0, lettersOf(machine));
  }
  return image;
}

/** As much memory as the objects need, and no less than every machine has. */
function pagesFor(machine: Machine, layouts: readonly Layout[], live: number): number {
  const share = live / layouts.length;
  const pages = layouts.map(({ objects, order }) => Math.ceil((ROOM * share) / objects) << order);
  const all = pages.reduce((sum, one) => sum + one, OTHER_PAGES);
  return Math.min(PAGES_MAX, Math.max(machine.physPages, all));
}

interface ProgramRequest {
  readonly name: string;
  readonly program: Program;
  readonly machine: MachineOverrides;
}

/** The user's own program, played again and again on a machine that starts anew each time. */
export function programContender({ name, program, machine }: ProgramRequest): Contender {
  const booted = machineFor(program, machine);
  const image = encode(program, booted);
  const heap = new SlabHeap();
  heap.isThorough = true; // what debug options cost is what their checks cost
  heap.configure(booted);
  heap.load(image);
  rehearse(heap, image, name);
  return playedRepeatedly(name, image.opCount, () => {
    heap.reset();
    return timed(image.opCount, () => heap.run(0, image.opCount));
  });
}

/** A program that dies on the way cannot be compared with one that does not. */
function rehearse(heap: SlabHeap, { opCount }: ProgramImage, name: string): void {
  heap.reset();
  const ran = heap.run(0, opCount);
  const { status } = heap.result(Math.max(0, ran - 1));
  if (ran === opCount && status !== Status.CRASH && status !== Status.HANG) return;
  throw new UserError(`under ${name} operation ${ran - 1} of the program ends the machine`);
}

/** Causes, in the order in which they are shown. */
const SPACE_CAUSES = [...BYTE_CAUSES, "free objects"] as const;

export type SpaceCause = (typeof SPACE_CAUSES)[number];

/** Bytes by cause. */
export type Space = Readonly<Record<SpaceCause, number>>;

/**
 * Where the memory of a contender's caches is now, for each object that lives. Free objects are
 * those that were not asked for yet.
 */
export function spaceOf({ heap, slots, stream, startPages }: SlubContender): Space {
  const count = Math.max(1, stream.alive);
  const entries = BYTE_CAUSES.map((cause): [SpaceCause, number] => {
    const bytes = slots.map(({ slabCauses, objects }, cache) => {
      return (slabCauses[cause] / objects) * stream.aliveOf(cache);
    });
    return [cause, sum(bytes) / count];
  });
  const all = ((heap.core.pages_in_use() - startPages) * PAGE_SIZE) / count;
  const used = sum(entries.map(([, bytes]) => bytes));
  entries.push(["free objects", Math.max(0, all - used)]);
  return Object.fromEntries(entries) as Space;
}

export function totalOf(space: Space): number {
  return sum(SPACE_CAUSES.map((cause) => space[cause]));
}

/** Causes that cost anything in any of the spaces. */
export function causesIn(spaces: readonly Space[]): readonly SpaceCause[] {
  return SPACE_CAUSES.filter((cause) => spaces.some((space) => space[cause] > 0));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
