// The caches of a program in the making: drawn, laid out as the shadow will lay them out, and kept
// account of until they are destroyed.
import { Letter } from "../../abi.ts";
import type { Prng } from "../../base/prng.ts";
import { Layout, tailBytes } from "../oracle/layout.ts";
import type { ProgramImage } from "../program/image.ts";
import { Feature } from "./features.ts";
import { CACHES_MAX, KMALLOC } from "./holdings.ts";
import type { GenerateOptions } from "./options.ts";
import { type CacheShape, drawShape, UNMERGEABLE, usableSize } from "./shapes.ts";
import { SizeSource } from "./sizes.ts";

/** Shapes drawn for a cache that has to meet wishes, and the sizes of the last of them. */
const SHAPE_TRIES = 8;
const FALLBACK_SIZES = new SizeSource([168, 200, 312, 328, 344, 408, 424, 584]);

const NAMES = Array.from({ length: CACHES_MAX }, (_, i) => `c${i}`);

/** The program that the caches are part of: where chance comes from, and where operations go. */
interface OpenProgram {
  readonly prng: Prng;
  readonly sizes: SizeSource;
  /** Features that it makes use of. */
  readonly features: number;
  readonly image: ProgramImage;
}

export class DraftCaches {
  count = 0;
  readonly size = new Int32Array(CACHES_MAX);
  readonly letters = new Int32Array(CACHES_MAX);
  readonly layout: readonly Layout[] = NAMES.map(() => new Layout());
  /** Destroyed, or about to be: the program does not touch it any more. */
  readonly isGone = new Uint8Array(CACHES_MAX);
  /** Objects of it were lost, and will be held when it is destroyed. */
  readonly isLeaky = new Uint8Array(CACHES_MAX);
  readonly #shapes = NAMES.map((): CacheShape => ({ size: 0, align: 0, letters: 0 }));
  readonly #program: OpenProgram;
  readonly #options: GenerateOptions;
  readonly #bootLetters = new Map<number, number>();

  constructor(program: OpenProgram, options: GenerateOptions) {
    this.#program = program;
    this.#options = options;
  }

  /** A new program begins. */
  clear(): void {
    this.count = 0;
    this.isGone.fill(0);
    this.isLeaky.fill(0);
  }

  /** A new cache as it comes. */
  add(): number {
    const { prng, features, sizes } = this.#program;
    const earlier = this.count > 0 ? this.#shapes[prng.below(this.count)] : undefined;
    drawShape(prng, features, sizes, this.#shapes[this.count], earlier);
    return this.#create();
  }

  /** A new cache that shares its slabs with no other one; letters may be added and kept away. */
  addOwn(letters = 0, lettersAway = 0): number {
    this.#drawOwnShape(letters, lettersAway, this.#program.sizes);
    return this.#create();
  }

  /** The same, with few enough objects in a slab, and so many bytes left over behind them. */
  addFull(objectsMax: number, tailMin: number, lettersAway = 0): number {
    for (let tries = 0; tries < SHAPE_TRIES; tries++) {
      const sizes = 2 * tries < SHAPE_TRIES ? this.#program.sizes : FALLBACK_SIZES;
      this.#drawOwnShape(0, lettersAway, sizes);
      this.#layOut();
      const next = this.layout[this.count];
      if (next.objects <= objectsMax && tailBytes(next) >= tailMin) break;
    }
    return this.#create();
  }

  /** The same, with slabs of an order. */
  addOfOrder(order: number): number {
    for (let tries = 0; tries < SHAPE_TRIES; tries++) {
      this.#drawOwnShape(0, Letter.R, this.#program.sizes);
      this.#layOut();
      if (this.layout[this.count].order === order) break;
    }
    return this.#create();
  }

  /** Any cache that is in use; there must be one. */
  pick(): number {
    let cache = this.#program.prng.below(this.count);
    while (this.isGone[cache] !== 0) cache = cache === 0 ? this.count - 1 : cache - 1;
    return cache;
  }

  /** Whether two caches may be one: only those that may merge. */
  mayShare(one: number, other: number): boolean {
    return ((this.letters[one] | this.letters[other]) & UNMERGEABLE) === 0;
  }

  hasConstructor(owner: number): boolean {
    return owner !== KMALLOC && (this.letters[owner] & Letter.CTOR) !== 0;
  }

  /** A constructed object stays constructed: its first byte is left alone. */
  firstWritable(owner: number): number {
    return this.hasConstructor(owner) ? 1 : 0;
  }

  #drawOwnShape(letters: number, lettersAway: number, sizes: SizeSource): void {
    const { prng, features } = this.#program;
    const shape = this.#shapes[this.count];
    drawShape(prng, features & ~Feature.MERGE, sizes, shape, undefined);
    shape.letters = (shape.letters & ~lettersAway) | letters;
  }

  /** Works out the next cache. */
  #layOut(): void {
    const cache = this.count;
    const shape = this.#shapes[cache];
    const letters = shape.letters | this.#bootLettersOf(cache, shape.letters);
    const { profile, nrCpuIds } = this.#options;
    shape.size = usableSize(profile, shape.size, letters);
    const { size, align } = shape;
    this.layout[cache].compute({ profile, size, align, letters, nrCpuIds });
  }

  /** Makes the next cache. */
  #create(): number {
    this.#layOut();
    const cache = this.count++;
    const { size, align, letters } = this.#shapes[cache];
    const boot = this.#bootLettersOf(cache, letters);
    this.size[cache] = size;
    this.letters[cache] = letters | boot;
    const { image } = this.#program;
    image.cache(image.newName(NAMES[cache]), size, align, letters, boot);
    return cache;
  }

  #bootLettersOf(cache: number, own: number): number {
    const key = own * CACHES_MAX + cache;
    const known = this.#bootLetters.get(key);
    if (known !== undefined) return known;
    const letters = this.#options.bootLetters(NAMES[cache], own);
    this.#bootLetters.set(key, letters);
    return letters;
  }
}
