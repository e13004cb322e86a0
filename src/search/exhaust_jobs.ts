// What a worker of an exhaustive search does: it explores parts of cells, or
// judges the programs of a cell that have a mistake in them.
import type { Heartbeat } from "../pool/heartbeat.ts";
import { heapFor, parseCore } from "../slub/named_core.ts";
import type { BugName } from "../target/bug_names.ts";
import { type CellRequest, SearchCell } from "./cell.ts";
import { type Explored, Explorer, type SearchPart } from "./explorer.ts";
import { MistakeSearch, type MistakesFound } from "./mistake_search.ts";
import { SearchHeaps } from "./search_heaps.ts";

/** A part, and the cell that it belongs to. */
export interface PartJob {
  readonly cell: CellRequest;
  readonly part: SearchPart;
}

/** A cell in which mistakes are searched for, and their classes. */
export interface MistakeJob {
  readonly cell: CellRequest;
  readonly classes: readonly BugName[];
}

/** What such a worker can be asked for. */
export interface ExhaustJobs {
  explore(job: PartJob): Explored;
  mistakes(job: MistakeJob): MistakesFound;
}

/** Judges all programs of a cell with one mistake in them. */
export function searchMistakes({ cell, classes }: MistakeJob, heartbeat?: Heartbeat) {
  const heap = heapFor(parseCore(cell.target));
  const search = new MistakeSearch(heap, cell.scope, SearchCell.machineOf(cell), classes);
  return search.run((programs) => heartbeat?.beat(programs));
}

/** Explores parts one after the other; a cell is made ready once while its parts come in a row. */
export class PartExplorer {
  readonly #target: string;
  #bench: SearchHeaps | undefined;
  #key = "";
  #explorer: Explorer | undefined;

  constructor(target: string) {
    this.#target = target;
  }

  explore({ cell, part }: PartJob, heartbeat?: Heartbeat): Explored {
    const key = JSON.stringify(cell);
    if (this.#explorer === undefined || key !== this.#key) {
      this.#key = key;
      this.#bench ??= new SearchHeaps(parseCore(this.#target));
      this.#explorer = new Explorer(this.#bench, cell.scope, SearchCell.machineOf(cell));
    }
    return this.#explorer.explore(part, (programs) => heartbeat?.beat(programs));
  }
}
