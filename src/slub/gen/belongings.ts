// What a program has at some point: caches, objects, sheaves, and slots that remember something.

/** Owner of what kmalloc gave. */
export const KMALLOC_OWNER = "";

export interface HeldObject {
  /** The name of its cache, or `KMALLOC_OWNER`. */
  readonly owner: string;
  /** Bytes asked for. */
  readonly size: number;
  /** So many bytes from its beginning on have been written. */
  filled: number;
}

interface KnownCache {
  readonly size: number;
  readonly isConstructed: boolean;
}

/** A prefilled sheaf, and how many objects it surely has. */
interface HeldSheaf {
  readonly owner: string;
  count: number;
}

export class Belongings {
  /** By slot, the oldest first. */
  readonly held = new Map<string, HeldObject>();
  readonly #caches = new Map<string, KnownCache>();
  readonly #cacheNames = new Set<string>();
  readonly #sheaves = new Map<string, HeldSheaf>();
  /** Slots that something was put into. */
  readonly #known = new Set<string>();
  #fresh = 0;

  get cacheNames(): Iterable<string> {
    return this.#caches.keys();
  }

  /** Names that caches and slots ever had. */
  get namedCaches(): number {
    return this.#cacheNames.size;
  }

  get namedSlots(): number {
    return this.#known.size;
  }

  hasCache(name: string): boolean {
    return this.#caches.has(name);
  }

  addCache(name: string, cache: KnownCache): void {
    this.#caches.set(name, cache);
    this.#cacheNames.add(name);
  }

  dropCache(name: string): void {
    this.#caches.delete(name);
  }

  isConstructed(owner: string): boolean {
    return this.#caches.get(owner)?.isConstructed === true;
  }

  /** Whether something was put into a slot. */
  knows(slot: string): boolean {
    return this.#known.has(slot);
  }

  /** The slot if it holds nothing, else one with a name of its own. */
  freeSlot(slot: string): string {
    return this.#isTaken(slot) ? this.#freshName() : slot;
  }

  /** The same for a row of slots that are numbered from 0 on. */
  freePrefix(prefix: string, count: number): string {
    const isTaken = Array.from({ length: count }, (_, i) => `${prefix}${i}`).some((slot) =>
      this.#isTaken(slot),
    );
    return isTaken ? `${this.#freshName()}_` : prefix;
  }

  /** An object of a cache; a constructor wrote its first byte, zeroing all of it. */
  hold(slot: string, owner: string, isZeroed: boolean): void {
    const { size = 0, isConstructed = false } = this.#caches.get(owner) ?? {};
    this.#hold(slot, { owner, size, filled: isZeroed ? size : Number(isConstructed) });
  }

  /** An object that kmalloc gave. */
  holdBytes(slot: string, size: number, filled: number): void {
    this.#hold(slot, { owner: KMALLOC_OWNER, size, filled });
  }

  /** The object is given back; the slot remembers where it was. */
  release(slot: string): void {
    this.held.delete(slot);
  }

  /** The slot remembers something that the program does not hold. */
  forget(slot: string): void {
    this.held.delete(slot);
    this.#sheaves.delete(slot);
    this.#known.add(slot);
  }

  /** The slot of the object of an owner that was obtained last. */
  youngestOf(owner: string): string | undefined {
    let youngest: string | undefined;
    for (const [slot, object] of this.held) if (object.owner === owner) youngest = slot;
    return youngest;
  }

  addSheaf(slot: string, owner: string, count: number): void {
    this.#known.add(slot);
    this.#sheaves.set(slot, { owner, count });
  }

  /** The cache of a sheaf that the program holds. */
  sheafOwner(slot: string): string | undefined {
    return this.#sheaves.get(slot)?.owner;
  }

  sheavesOf(owner: string): readonly string[] {
    return [...this.#sheaves].flatMap(([slot, sheaf]) => (sheaf.owner === owner ? [slot] : []));
  }

  /** Counts an object out of a sheaf; false if it may have none. */
  takeFromSheaf(slot: string): boolean {
    const sheaf = this.#sheaves.get(slot);
    if (sheaf === undefined || sheaf.count === 0) return false;
    sheaf.count--;
    return true;
  }

  #hold(slot: string, object: HeldObject): void {
    this.held.delete(slot); // the youngest is the last
    this.held.set(slot, object);
    this.#known.add(slot);
  }

  #isTaken(slot: string): boolean {
    return this.held.has(slot) || this.#sheaves.has(slot);
  }

  #freshName(): string {
    let name = "";
    do name = `n${this.#fresh++}`;
    while (this.#known.has(name) || this.#known.has(`${name}_0`));
    return name;
  }
}
