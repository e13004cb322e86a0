// Names for the addresses of a run, as the recordings give them: slabs are numbered by cache in the
// order in which results first mention them, and have a name from then until they are given back.
import { PAGE_SHIFT } from "../../abi.ts";
import { hex64 } from "../../base/hex.ts";

/** A piece of memory that has a name from the start. */
export interface NamedRange {
  readonly name: string;
  readonly base: bigint;
  readonly size: bigint;
}

/** A slab that was numbered. */
export interface NumberedSlab {
  /** Name of the kmem_cache that it belonged to when it was numbered. */
  readonly cache: string;
  readonly number: number;
  /** First byte of its memory. */
  readonly base: bigint;
  /** Its struct page. */
  readonly page: bigint;
  readonly order: number;
}

/** A name with a distance from something that has a name itself. */
const PLACE = /^(.*)\+(0x[0-9a-f]+)$/;
const PAGE_PREFIX = "slab:";

export class SymbolTable {
  readonly #ranges: () => readonly NamedRange[];
  readonly #byPageFrame = new Map<bigint, NumberedSlab>();
  readonly #byStructPage = new Map<bigint, NumberedSlab>();

  /** `ranges` gives the pieces of memory that have names; a script may add some as it runs. */
  constructor(ranges: () => readonly NamedRange[]) {
    this.#ranges = ranges;
  }

  /** From now on addresses in this slab have names. */
  add(slab: NumberedSlab): void {
    const first = slab.base >> BigInt(PAGE_SHIFT);
    for (let i = 0n; i < 1n << BigInt(slab.order); i++) this.#byPageFrame.set(first + i, slab);
    this.#byStructPage.set(slab.page, slab);
  }

  /** From now on they have none, unless another slab took its place. */
  remove(slab: NumberedSlab): void {
    for (const [frame, known] of this.#byPageFrame) {
      if (known === slab) this.#byPageFrame.delete(frame);
    }
    if (this.#byStructPage.get(slab.page) === slab) this.#byStructPage.delete(slab.page);
  }

  /** `c/s0+0x40`, `slab:c/s0`, `glob+0x40`; undefined for an address without a name. */
  nameOf(address: bigint): string | undefined {
    const range = this.#ranges().find(({ base, size }) => address >= base && address < base + size);
    if (range !== undefined) return `${range.name}+0x${(address - range.base).toString(16)}`;
    const slab = this.#byPageFrame.get(address >> BigInt(PAGE_SHIFT));
    if (slab !== undefined) {
      return `${slabName(slab)}+0x${BigInt.asUintN(64, address - slab.base).toString(16)}`;
    }
    const page = this.#byStructPage.get(address);
    return page === undefined ? undefined : `${PAGE_PREFIX}${slabName(page)}`;
  }

  /** `{c/s0+0x40}`, as names stand in texts; without a name the address. */
  readonly spelled = (address: bigint): string => {
    const name = this.nameOf(address);
    return name === undefined ? hex64(address) : `{${name}}`;
  };

  /** The address that has a name now: nameOf() the other way round. */
  addressOf(name: string): bigint | undefined {
    const [, place, distance] = PLACE.exec(name) ?? [];
    if (place === undefined) return this.#structPage(name);
    const range = this.#ranges().find((one) => one.name === place);
    const base = range?.base ?? this.#slabNamed(place)?.base;
    return base === undefined ? undefined : base + BigInt(distance);
  }

  #structPage(name: string): bigint | undefined {
    const place = name.startsWith(PAGE_PREFIX) ? name.slice(PAGE_PREFIX.length) : "";
    return this.#slabNamed(place)?.page;
  }

  #slabNamed(name: string): NumberedSlab | undefined {
    for (const slab of this.#byStructPage.values()) if (slabName(slab) === name) return slab;
    return undefined;
  }
}

/** `c/s0` */
function slabName(slab: NumberedSlab): string {
  return `${slab.cache}/s${slab.number}`;
}
