// All that a core keeps from one call to the next: linear memory, and its global variables, which a
// copy of the module exports.
import { readFileSync } from "node:fs";
import binaryen from "binaryen";
import { BlockLayout, EVENT_MAX, PAGE_SIZE, STRUCT_PAGE_SIZE } from "../../src/abi.ts";
import { alignUp } from "../../src/base/bytes.ts";
import { SlabHeap } from "../../src/slub/core/heap.ts";
import { adoptModule, type CoreKind } from "../../src/slub/core/load.ts";
import { ProgramImage } from "../../src/slub/program/image.ts";
import { pathOfCore } from "../../src/targets/core_files.ts";

const PREFIX = "state:";
const KIND: CoreKind = "other:our core, with its state";
const NOTHING = new ProgramImage();
/** The static data of the core lies below (assembly/base/arena.ts). */
const STATIC_BYTES = 65536;

/** A part of linear memory. */
interface Span {
  readonly first: number;
  readonly end: number;
}

/** A heap whose state can be looked at, and spoilt. */
export class BareHeap extends SlabHeap {
  constructor() {
    adoptBareCore();
    super(KIND);
  }

  /** Back to where every program begins, with no program. */
  empty(): void {
    this.load(NOTHING);
    this.reset();
  }

  /** Names of the global variables that differ from another heap's. */
  differingGlobals(other: BareHeap): readonly string[] {
    return globalNames(this).filter((name) => stateOf(this, name) !== stateOf(other, name));
  }

  /** The static bytes that differ from another heap's. */
  differingStatics(other: BareHeap): readonly number[] {
    const [ours, theirs] = [this.views.u8, other.views.u8];
    const places: number[] = [];
    for (let at = 0; at < STATIC_BYTES; at++) if (ours[at] !== theirs[at]) places.push(at);
    return places;
  }

  /**
   * The first byte that differs from another heap's, of all that a program can see: configuration,
   * windows, slots, foreign memory, RAM and its struct pages, and the page allocator's books.
   */
  firstDifference(other: BareHeap): number | undefined {
    const [ours, theirs] = [this.views.u8, other.views.u8];
    for (const { first, end } of visibleSpans(this)) {
      if (Buffer.compare(ours.subarray(first, end), theirs.subarray(first, end)) === 0) continue;
      for (let at = first; at < end; at++) if (ours[at] !== theirs[at]) return at;
    }
    return undefined;
  }

  /** Gives a global variable any value. */
  spoilGlobal(name: string, value: number): void {
    const variable = globalOf(this, name);
    variable.value = typeof variable.value === "bigint" ? BigInt(value) * 0x1_0000_0001n : value;
  }
}

/** All but program, payload, results, extra, events: those are written before they are read. */
export function visibleSpans({ areas, machine }: SlabHeap): readonly Span[] {
  const ram = machine.physPages * (PAGE_SIZE + STRUCT_PAGE_SIZE + BlockLayout.SIZE);
  return [
    { first: STATIC_BYTES, end: areas.program },
    { first: alignUp(areas.event + EVENT_MAX, PAGE_SIZE), end: areas.cache + ram },
  ];
}

function globalOf(heap: SlabHeap, name: string): WebAssembly.Global {
  return heap.core[PREFIX + name] as WebAssembly.Global;
}

function stateOf(heap: SlabHeap, name: string): number | bigint {
  return globalOf(heap, name).value as number | bigint;
}

function globalNames({ core }: SlabHeap): readonly string[] {
  const exported = Object.keys(core).filter((name) => name.startsWith(PREFIX));
  return exported.map((name) => name.slice(PREFIX.length));
}

let isAdopted = false;

/** The build that has names: its globals say which file they are of. */
function adoptBareCore(): void {
  if (isAdopted) return;
  const bytes = readFileSync(pathOfCore("mutable"));
  const module = binaryen.readBinaryWithFeatures(bytes, binaryen.Features.All);
  for (let i = 0; i < module.getNumGlobals(); i++) {
    const { name, mutable } = binaryen.getGlobalInfo(module.getGlobalByIndex(i));
    if (mutable) module.addGlobalExport(name, `${PREFIX}${name}`);
  }
  adoptModule(KIND, new WebAssembly.Module(new Uint8Array(module.emitBinary())));
  module.dispose();
  isAdopted = true;
}
