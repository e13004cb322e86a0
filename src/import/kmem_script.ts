// Events of the kernel's slab allocator as a script of the kernel's operations. A cache has the
// name and the size of objects that the events say; the CPUs that they name take turns.
import { CACHE_MAX, CPU_MAX, KMALLOC_CLASSES, OP_MAX, SLOT_MAX } from "../abi.ts";
import { counted } from "../base/count_text.ts";
import type { KernelAlloc, KernelCall, KernelSink } from "./kmem.ts";

/** Three slots have a meaning of their own. */
const SLOTS_MAX = SLOT_MAX - 3;
/** No slab of the model holds larger objects, and no kernel has larger caches. */
const KMALLOC_BYTES_MAX = 8192;

/** A script has no longer names; a size may come behind one. */
const NAME_CHARACTERS = 48;

interface KernelObject {
  readonly slot: string;
  readonly cache: string | undefined;
}

export class KernelScript implements KernelSink {
  readonly #opCountMax: number;
  readonly #ops: string[] = [];
  readonly #live = new Map<string, KernelObject>();
  /** Objects that were freed, by address, until the address is given again. */
  readonly #gone = new Map<string, KernelObject>();
  /** Slots whose object was freed, and at which address. */
  readonly #idle: (KernelObject & { readonly pointer: string })[] = [];
  #slotCount = 0;
  /** Names of caches by what the events call them, with the size of their objects. */
  readonly #caches = new Map<string, string>();
  readonly #cpus = new Map<number, number>();
  #cpu = 0;
  #unknownFrees = 0;
  #unseenFrees = 0;
  #tooMany = 0;
  #lost = 0;

  constructor(opCountMax: number) {
    this.#opCountMax = Math.min(opCountMax, OP_MAX);
  }

  get opCount(): number {
    return this.#ops.length;
  }

  allocated({ cpu, pointer, cache, bytes, isZeroed }: KernelAlloc): void {
    const old = this.#live.get(pointer);
    if (old !== undefined) {
      this.#unseenFrees++;
      this.#free(pointer, old, old.cache);
    }
    const name = cache === undefined ? undefined : this.#cacheFor(cache, bytes);
    const isTooLarge = bytes === 0 || (cache === undefined && bytes > KMALLOC_BYTES_MAX);
    const hasNoCache = cache !== undefined && name === undefined;
    const slot = isTooLarge || hasNoCache ? undefined : this.#newSlot();
    if (slot === undefined) {
      this.#tooMany++;
      return;
    }
    this.#runOn(cpu);
    const what = name === undefined ? `kmalloc ${bytes}` : `alloc ${name}`;
    this.#add(`${what} ${slot}${isZeroed ? " z" : ""}`);
    this.#live.set(pointer, { slot, cache: name });
    this.#gone.delete(pointer);
  }

  freed({ cpu, pointer, cache }: KernelCall): void {
    const object = this.#live.get(pointer) ?? this.#gone.get(pointer);
    if (object === undefined) {
      this.#unknownFrees++;
      return;
    }
    this.#runOn(cpu);
    this.#free(pointer, object, cache === undefined ? undefined : object.cache);
  }

  script(comments: readonly string[]): string {
    const cpus = Math.min(Math.max(this.#cpus.size, 1), CPU_MAX);
    const machine = cpus > 1 ? ["# boot: smp", `# cpus: ${cpus}`] : ["# boot: up"];
    const header = [...machine, ...[...comments, ...this.#notes()].map((one) => `# ${one}`)];
    return `${[...header, ...this.#ops].join("\n")}\n`;
  }

  #notes(): readonly string[] {
    const notes: readonly (readonly [count: number, note: string])[] = [
      [
        this.#unknownFrees,
        `left out: ${counted(this.#unknownFrees, "free")} of objects from before`,
      ],
      [this.#unseenFrees, `put in: ${counted(this.#unseenFrees, "free")} of objects given again`],
      [this.#tooMany, `left out: ${counted(this.#tooMany, "call")} that no program can hold`],
      [this.#lost, "left out: what came when the trace was full"],
      [
        Math.max(0, this.#cpus.size - CPU_MAX),
        `${counted(this.#cpus.size, "CPU")} became ${CPU_MAX}, which take their turns`,
      ],
    ];
    return notes.filter(([count]) => count > 0).map(([, note]) => note);
  }

  /** Where the slot of a freed object is filled again, nothing can free it a second time. */
  #free(pointer: string, object: KernelObject, cache: string | undefined): void {
    this.#add(cache === undefined ? `kfree ${object.slot}` : `free ${cache} ${object.slot}`);
    if (!this.#live.delete(pointer)) return;
    this.#gone.set(pointer, object);
    this.#idle.push({ ...object, pointer });
  }

  /** Undefined where the model has no room for one more cache. */
  #cacheFor(name: string, bytes: number): string | undefined {
    const key = `${name} ${bytes}`;
    const plain = name.replace(/[^!-~]/g, "?").slice(0, NAME_CHARACTERS);
    const known = this.#caches.get(key);
    if (known !== undefined) return known;
    if (this.#caches.size === CACHE_MAX - 2 * KMALLOC_CLASSES) return undefined;
    const isTaken = [...this.#caches.values()].includes(plain);
    const own = isTaken ? `${plain}-${bytes}` : plain;
    this.#caches.set(key, own);
    this.#add(`cache ${own} ${bytes} 0 -`);
    return own;
  }

  #newSlot(): string | undefined {
    if (this.#slotCount < SLOTS_MAX) return `o${this.#slotCount++}`;
    const idle = this.#idle.shift();
    if (idle === undefined) return undefined;
    if (this.#gone.get(idle.pointer)?.slot === idle.slot) this.#gone.delete(idle.pointer);
    return idle.slot;
  }

  #runOn(cpu: number): void {
    const own = this.#cpus.get(cpu) ?? this.#cpus.size;
    this.#cpus.set(cpu, own);
    if (own % CPU_MAX === this.#cpu) return;
    this.#cpu = own % CPU_MAX;
    this.#add(`cpu ${this.#cpu}`);
  }

  #add(op: string): void {
    if (this.#ops.length < this.#opCountMax) this.#ops.push(op);
    else this.#lost++;
  }
}
