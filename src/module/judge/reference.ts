// An allocator that is right, and as plain as can be: the first place that is large enough. What
// it is blamed for is the program's fault, or the judge's, and no finding. Its notes lie outside of
// the memory that it hands out.
import { PAGE_BYTES } from "../../wasm/cap.ts";
import type { ForeignPlan } from "../load/plan.ts";
import type { Heap } from "./heap.ts";

/** Where blocks begin unless the module says so. */
const HEAP_BASE = 1024;
const ALIGNMENT = 16;

interface Block {
  readonly pointer: number;
  readonly end: number;
}

export class ReferenceHeap implements Heap {
  readonly plan: ForeignPlan;
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  readonly canLimitGrowth = false;
  readonly isOutOfFuel = false;
  readonly turns = 0;
  onStore = undefined;
  /** In the order of their addresses. */
  #blocks: Block[] = [];

  /** With as much memory as the module may have. */
  constructor(plan: ForeignPlan) {
    this.plan = plan;
    const buffer = new ArrayBuffer(plan.memory.maximum * PAGE_BYTES);
    this.bytes = new Uint8Array(buffer);
    this.words = new Uint32Array(buffer);
  }

  get pages(): number {
    return this.plan.memory.maximum;
  }

  get pagesLimit(): number {
    return this.pages;
  }

  restart(): void {
    this.#blocks = [];
  }

  look(): Uint8Array {
    return this.bytes;
  }

  refuel(): void {}

  limitGrowth(): void {}

  collect(): void {}

  alloc(size: number, align: number): number {
    const step = Math.max(align, ALIGNMENT);
    const length = Math.max(size, 1);
    let pointer = roundedUp(Math.max(this.plan.heapBase ?? 0, HEAP_BASE), step);
    let place = 0;
    for (; place < this.#blocks.length; place++) {
      if (pointer + length <= this.#blocks[place].pointer) break;
      pointer = roundedUp(this.#blocks[place].end, step);
    }
    const end = pointer + length;
    if (end > this.bytes.length) return 0;
    this.#blocks.splice(place, 0, { pointer, end });
    return pointer;
  }

  zalloc(count: number, size: number): number {
    const pointer = this.alloc(count * size, 1);
    if (pointer !== 0) this.bytes.fill(0, pointer, pointer + count * size);
    return pointer;
  }

  realloc(pointer: number, oldSize: number, size: number, align: number): number {
    const other = this.alloc(size, align);
    if (other === 0 || pointer === 0) return other;
    this.bytes.copyWithin(other, pointer, pointer + Math.min(oldSize, size));
    this.free(pointer);
    return other;
  }

  free(pointer: number): void {
    this.#blocks = this.#blocks.filter((block) => block.pointer !== pointer);
  }
}

/** As allocators do it, who take it for granted that a step is a power of two. */
function roundedUp(address: number, step: number): number {
  const odd = address & (step - 1);
  return odd === 0 ? address : address - odd + step;
}
