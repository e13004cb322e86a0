// The heaps that an explorer works on: one whose core can go back to an earlier moment
// (wasm/undo.ts), and a plain one for the oracle. The module of a core is rewritten and compiled
// once for a process.
import type { SlabHeap } from "../slub/core/heap.ts";
import { adoptModule, bytesOfCore, type CoreKind, nameOfCore } from "../slub/core/load.ts";
import { heapFor, type NamedCore } from "../slub/named_core.ts";
import { type UndoExports, undoable } from "../wasm/undo.ts";

const known = new Map<CoreKind, CoreKind>();

/** Both heaps of one core, for one explorer after the other. */
export class SearchHeaps {
  readonly heap: SlabHeap;
  readonly undo: UndoExports;
  /** For the oracle. */
  readonly judged: SlabHeap;

  constructor(target: NamedCore) {
    const core = known.get(target.core) ?? adoptUndoable(target.core);
    this.heap = heapFor({ ...target, core });
    this.undo = this.heap.core as unknown as UndoExports;
    this.judged = heapFor(target);
  }
}

function adoptUndoable(core: CoreKind): CoreKind {
  const own = `other:${nameOfCore(core)}, undoable` as const;
  adoptModule(own, new WebAssembly.Module(undoable(bytesOfCore(core))));
  known.set(core, own);
  return own;
}
