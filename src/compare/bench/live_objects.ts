// The objects that live in a stream: which slots hold them, in the order in which they were made.
//
//   #slots   a ring of slot numbers    ... │ oldest │ ... │ newest │ ...
//   #spare   a stack of the others

export class LiveObjects {
  readonly capacity: number;
  readonly #slots: Int32Array;
  readonly #cacheOf: Uint8Array;
  readonly #spare: Int32Array;
  #first = 0;
  #count = 0;

  /** Slots `firstSlot` to `firstSlot + capacity - 1`. */
  constructor(firstSlot: number, capacity: number) {
    this.capacity = capacity;
    this.#slots = new Int32Array(capacity);
    this.#cacheOf = new Uint8Array(firstSlot + capacity);
    this.#spare = Int32Array.from({ length: capacity }, (_, i) => firstSlot + capacity - 1 - i);
  }

  get count(): number {
    return this.#count;
  }

  /** A new object of a cache: the slot it goes to. */
  add(cache: number): number {
    const slot = this.#spare[this.capacity - 1 - this.#count];
    this.#slots[this.#place(this.#count++)] = slot;
    this.#cacheOf[slot] = cache;
    return slot;
  }

  takeOldest(): number {
    const slot = this.#slots[this.#first];
    this.#first = this.#place(1);
    return this.#giveBack(slot);
  }

  takeNewest(): number {
    return this.#giveBack(this.#slots[this.#place(this.#count - 1)]);
  }

  /** Object number `age`; the newest one takes its place. */
  takeAny(age: number): number {
    const slot = this.#slots[this.#place(age)];
    this.#slots[this.#place(age)] = this.#slots[this.#place(this.#count - 1)];
    return this.#giveBack(slot);
  }

  /** The cache of the object that a slot held last. */
  cacheOf(slot: number): number {
    return this.#cacheOf[slot];
  }

  #giveBack(slot: number): number {
    this.#count--;
    this.#spare[this.capacity - 1 - this.#count] = slot;
    return slot;
  }

  #place(age: number): number {
    const place = this.#first + age;
    return place < this.capacity ? place : place - this.capacity;
  }
}
