// The caches of a program in the making: drawn, laid out as the shadow will lay them out, and kept
// account of until they are destroyed.
import { Letter, Profile } from "../../abi.ts";
import type { Prng } from "../../base/prng.ts";
import { Layout, tailBytes } from "../oracle/layout.ts";
import type { ProgramImage } from "../program/image.ts";
import { Feature } from "./features.ts";
import { CACHES_MAX, KMALLOC } from "./holdings.ts";
import type { GenerateOptions } from "./options.ts";
import { SizeSource } from "./sizes.ts";

/** Shapes drawn for a cache that has to meet wishes, and the sizes of the last of them. */
const SHAPE_TRIES = 8;
const FALLBACK_SIZES = new SizeSource([168, 200, 312, 328, 344, 408, 424, 584]);
/** Few of these fit a slab of any order, and something is left over behind them. */
const LARGE_SIZES = [1160, 1352, 2120, 3016, 5000];

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
  addOwn(letters = 0, lettersAway = 0, sizeMin = 1): number {
    this.#drawOwnShape(letters, lettersAway, this.#program.sizes);
    const shape = this.#shapes[this.count];
    shape.size = Math.max(shape.size, sizeMin);
    return this.#create();
  }

  /** The same, with few enough objects in a slab, and so many bytes left over behind them. */
  addFull(objectsMax: number, tailMin: number, lettersAway = 0): number {
    const next = this.layout[this.count];
    for (let tries = 0; tries < SHAPE_TRIES; tries++) {
      const sizes = 2 * tries < SHAPE_TRIES ? this.#program.sizes : FALLBACK_SIZES;
      this.#drawOwnShape(0, lettersAway, sizes);
      this.#layOut();
      if (next.objects <= objectsMax && tailBytes(next) >= tailMin) return this.#create();
    }
    // Many CPUs make slabs large. A wish for bytes behind the objects has to be met.
    for (let i = 0; tailBytes(next) < tailMin && i < LARGE_SIZES.length; i++) {
      this.#shapes[this.count].size = LARGE_SIZES[i];
      this.#layOut();
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

const ALIGNS = Uint16Array.of(0, 0, 0, 0, 0, 8, 16, 32, 64, 128, 256, 24, 4, 2);

/** Alignment as it is asked for; some are no powers of two, and the kernel makes do. */
function drawAlign(prng: Prng): number {
  return ALIGNS[prng.below(ALIGNS.length)];
}

/** The arguments of a cache that a program makes. */
export interface CacheShape {
  size: number;
  align: number;
  /** Its own letters. */
  letters: number;
}

/** Letters that keep a cache from merging. */
const UNMERGEABLE = Letter.NOLEAKTRACE | Letter.CTOR | Letter.R;

/** Draws a cache; some are made to measure for merging with an earlier one. */
function drawShape(
  prng: Prng,
  features: number,
  sizes: SizeSource,
  shape: CacheShape,
  earlier: CacheShape | undefined,
): void {
  shape.align = (features & Feature.ALIGN) !== 0 ? drawAlign(prng) : 0;
  if (earlier !== undefined && (earlier.letters & UNMERGEABLE) === 0 && prng.oneIn(2)) {
    shape.letters = earlier.letters;
    shape.size = sizes.isExact ? earlier.size : Math.max(1, earlier.size - prng.below(8));
    return;
  }
  shape.letters = drawLetters(prng, features);
  shape.size = sizes.draw(prng);
}

/**
 * A cache's own letters: mostly none, so that the boot parameter decides. Without NOLEAKTRACE a
 * cache may be merged; K keeps it from merging with the running kernel's own caches.
 */
function drawLetters(prng: Prng, features: number): number {
  let letters = 0;
  if (prng.oneIn(6)) letters |= Letter.H;
  if (prng.oneIn(8)) letters |= Letter.K;
  if (prng.oneIn(10)) letters |= Letter.R;
  if (prng.oneIn(8)) letters |= Letter.CTOR;
  const merges = prng.oneIn(3);
  if ((features & Feature.HWALIGN) === 0) letters &= ~Letter.H;
  if ((features & Feature.RCU) === 0) letters &= ~Letter.R;
  if ((features & Feature.CTOR) === 0) letters &= ~Letter.CTOR;
  if (merges && (features & Feature.MERGE) !== 0) return letters | Letter.K;
  return letters | Letter.NOLEAKTRACE;
}

/**
 * 3.10 lays a free pointer of 8 bytes over the red zone of an object of fewer, unless poison moves
 * it: every free then makes a false report. Such caches are no use for judging anything else.
 */
function usableSize(profile: Profile, size: number, letters: number): number {
  const clashes = profile === Profile.V310 && (letters & Letter.Z) !== 0;
  const outside = (letters & (Letter.P | Letter.R | Letter.CTOR)) !== 0;
  return clashes && !outside ? Math.max(size, 8) : size;
}
