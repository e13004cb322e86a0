// The heap as it is after the last operation of a program that ran.
import { SlabHeap } from "../core/heap.ts";
import { slabOf } from "../core/struct_page.ts";
import { bootLineOf } from "../program/boot_line.ts";
import { bootCacheNames } from "../program/kmalloc.ts";
import type { Machine } from "../program/machine.ts";
import type { Program } from "../program/op.ts";
import { type ReplayStep, replay } from "../run/replay.ts";
import { type CacheRecord, cacheRecords, type HeapNames } from "./cache_record.ts";
import { kmemLines } from "./kmem_text.ts";
import { slabinfoLines, slabinfoRows } from "./slabinfo.ts";
import { machineLine } from "./transcript.ts";

/** What can be shown. */
export const VIEWS = ["slabs", "slabinfo"] as const;
export type View = (typeof VIEWS)[number];

export function isView(word: string): word is View {
  return (VIEWS as readonly string[]).includes(word);
}

export interface ShowRequest {
  readonly name: string;
  readonly program: Program;
  readonly machine: Machine;
  readonly view: View;
}

/** Runs a program to its end and looks at what is left. */
class Aftermath {
  readonly heap = new SlabHeap();
  readonly names: HeapNames;
  /** The last operation that ran. */
  readonly last: ReplayStep | undefined;
  readonly ran: number;
  readonly #bootCount: number;
  /** kmem_caches, by index, that the program has objects of. */
  readonly #touched = new Set<number | undefined>();

  constructor({ program, machine }: ShowRequest) {
    const steps = [...replay(program, machine, { heap: this.heap })];
    const boot = bootCacheNames(machine.profile);
    this.#bootCount = boot.length;
    for (const { pointer } of steps) {
      if (pointer !== undefined) this.#touched.add(slabOf(this.heap, pointer)?.cache);
    }
    this.last = steps.at(-1);
    this.ran = steps.length;
    this.names = {
      cacheName: (index) => this.last?.caches.nameOf(index) ?? boot[index],
      address: (address) => this.last?.symbols.nameOf(address),
    };
  }

  /**
   * The program's own caches, and those of the kernel that it shares. What the kernel keeps for
   * itself (names of caches, on 3.10) is no concern of the program's.
   */
  get caches(): CacheRecord[] {
    return cacheRecords(
      this.heap,
      this.names,
      ({ index, refcount }) => index >= this.#bootCount || refcount > 1 || this.#touched.has(index),
    );
  }
}

/** As text, in the manner of the tools that print the same. */
export function showText(request: ShowRequest): string {
  const after = new Aftermath(request);
  const { last } = after;
  const head = [
    machineLine(request.name, request.machine),
    last === undefined ? "before op 0" : `after op ${last.index}: ${last.text} => ${last.result}`,
  ];
  return [...head, "", ...viewLines(request, after)].join("\n");
}

function viewLines({ view }: ShowRequest, after: Aftermath): string[] {
  const { heap, names } = after;
  if (view === "slabinfo") return slabinfoLines(slabinfoRows(heap, names.cacheName));
  const { caches } = after;
  if (caches.length === 0) return ["no cache has slabs"];
  return caches.flatMap((cache, i) => (i === 0 ? kmemLines(cache) : ["", ...kmemLines(cache)]));
}

/** As data. */
export function showRecord(request: ShowRequest): object {
  const { name, machine, view } = request;
  const after = new Aftermath(request);
  const { heap, names, last, ran } = after;
  return {
    source: name,
    profile: machine.profile,
    boot: bootLineOf(machine),
    cpus: machine.nrCpuIds,
    ran,
    last: last === undefined ? null : { op: last.index, text: last.text, result: last.result },
    [view]: view === "slabs" ? after.caches : slabinfoRows(heap, names.cacheName),
  };
}
