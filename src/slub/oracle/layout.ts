// Where the parts of an object lie, worked out from the cache's parameters alone. This is the
// harness's own arithmetic: the core never sees it, and where the two disagree one of them is
// wrong.
//
//   cell = base + i * size
//   ╞ red_left_pad ╪ payload ╪ right red zone ╪ free pointer ╪ tracks ╪ orig ╪ padding ╡
//   │ Z, not 3.10  │ object- │ or alignment   │ if outside   │ U      │ kmal-│ to the  │
//   │              │   Size  │ filler, ─inuse │              │        │  loc │ stride  │
//                  ▲ object address, offset 0 of everything below
import {
  DEBUG_LETTERS,
  Letter,
  MAX_OBJS_PER_PAGE,
  MAX_ORDER,
  METADATA_LETTERS,
  PAGE_SHIFT,
  PAGE_SIZE,
  Profile,
  SLUB_MAX_ORDER,
} from "../../abi.ts";

const WORD = 8;
const CACHE_LINE = 64;

/** What decides a layout. */
interface LayoutRequest {
  readonly profile: Profile;
  readonly size: number;
  readonly align: number;
  /** Letter bits in force: the cache's own and those of the boot parameter. */
  readonly letters: number;
  /** The CPUs that calculate_order() counts. */
  readonly nrCpuIds: number;
  /** kmem_cache_args (7.3): the least capacity of a sheaf, and where the free pointer lies. */
  readonly sheaf?: number;
  readonly freePlace?: number | undefined;
}

/** The kernel's ALIGN(), which also answers for an alignment that is no power of two. */
export function kernelAlign(value: number, align: number): number {
  return (value + align - 1) & ~(align - 1);
}

/** calculate_alignment(): what an asked alignment comes to. */
export function cacheAlignment(letters: number, align: number, size: number): number {
  let line = 0;
  if ((letters & Letter.H) !== 0) {
    line = CACHE_LINE;
    while (size <= line >> 1) line >>= 1;
  }
  return kernelAlign(Math.max(align, line, WORD), WORD);
}

/**
 * The layout of the objects of one cache. Fields can be written so that a table of them is reused.
 */
export class Layout {
  profile: Profile = Profile.V61;
  letters = 0;
  /** Bytes from one cell to the next. */
  size = 0;
  objectSize = 0;
  /** Of the free pointer, from the object. */
  offset = 0;
  inuse = 0;
  align = 0;
  redLeftPad = 0;
  order = 0;
  /** Objects in a slab of that order. */
  objects = 0;
  /** The payload of a free object is poisoned. */
  poisonsObject = false;
  freePointerOutside = false;
  /** Bytes of one track, 0 without U. */
  trackSize = 0;
  origSize = 0;
  /** Where what lies behind the free pointer begins. */
  infoEnd = 0;
  /** Where the padding begins; it reaches to `cellEnd`. */
  paddingStart = 0;
  /** One past the last byte of the cell, from the object. */
  cellEnd = 0;
  /** What the creator of the cache wants a sheaf to have room for (7.3). */
  sheafWanted = 0;

  /** Works everything out; false where the kernel finds no order for the size. */
  compute(request: LayoutRequest): boolean {
    this.#parameters(request);
    if (this.#arrange(request) && !this.#exceedsOrderGuard(request)) return true;
    if ((request.letters & Letter.ORDER_GUARD) === 0) return false;
    return this.compute({
      ...request,
      letters: request.letters & ~(METADATA_LETTERS | Letter.ORDER_GUARD),
    });
  }

  /** A merge: objects of `size` bytes are served, too. */
  takeIn(size: number): void {
    this.objectSize = Math.max(this.objectSize, size);
    this.inuse = Math.max(this.inuse, kernelAlign(size, WORD));
    if (!this.freePointerOutside) this.infoEnd = this.inuse;
    this.paddingStart = Math.max(this.paddingStart, this.infoEnd);
  }

  /** The free pointer was moved before the first allocation (`setoffset`). */
  moveFreePointer(offset: number): void {
    this.offset = offset;
  }

  copyFrom(other: Layout): void {
    this.profile = other.profile;
    this.letters = other.letters;
    this.size = other.size;
    this.objectSize = other.objectSize;
    this.offset = other.offset;
    this.inuse = other.inuse;
    this.align = other.align;
    this.redLeftPad = other.redLeftPad;
    this.order = other.order;
    this.objects = other.objects;
    this.poisonsObject = other.poisonsObject;
    this.freePointerOutside = other.freePointerOutside;
    this.trackSize = other.trackSize;
    this.origSize = other.origSize;
    this.infoEnd = other.infoEnd;
    this.paddingStart = other.paddingStart;
    this.cellEnd = other.cellEnd;
    this.sheafWanted = other.sheafWanted;
  }

  #parameters(request: LayoutRequest): void {
    this.profile = request.profile;
    this.letters = request.letters;
    this.objectSize = request.size;
    this.sheafWanted = request.sheaf ?? 0;
    this.align = cacheAlignment(request.letters, request.align, request.size);
    const plainObjects = (request.letters & (Letter.R | Letter.CTOR)) === 0;
    this.poisonsObject = (request.letters & Letter.P) !== 0 && plainObjects;
  }

  #arrange(request: LayoutRequest): boolean {
    const redZoned = (request.letters & Letter.Z) !== 0;
    let size = kernelAlign(request.size, WORD);
    if (redZoned && size === request.size) size += WORD;
    this.inuse = size;
    size = this.#placeFreePointer(size, request.freePlace);
    size = this.#placeTracks(size);
    this.paddingStart = size;
    this.redLeftPad = redZoned ? this.#leftPad() : 0;
    if (redZoned) size += WORD + this.redLeftPad;
    this.size = kernelAlign(size, this.align);
    this.cellEnd = this.size - this.redLeftPad;
    return this.#chooseOrder(request.nrCpuIds);
  }

  #leftPad(): number {
    return this.profile === Profile.V310 ? 0 : kernelAlign(WORD, this.align);
  }

  #placeFreePointer(size: number, place: number | undefined): number {
    const letters = this.letters;
    const moving = place === undefined ? Letter.R | Letter.P | Letter.CTOR : Letter.P;
    let outside = (letters & moving) !== 0;
    if (this.profile !== Profile.V310 && (letters & Letter.Z) !== 0) {
      outside ||= this.objectSize < WORD;
      const tracksRequest = this.profile >= Profile.V612 && (letters & Letter.U) !== 0;
      outside ||= tracksRequest && (letters & Letter.KMALLOC) !== 0;
    }
    this.freePointerOutside = outside;
    this.offset = outside ? size : (place ?? this.#insideOffset());
    this.infoEnd = outside ? size + WORD : size;
    return this.infoEnd;
  }

  #insideOffset(): number {
    return this.profile === Profile.V310 ? 0 : (this.objectSize >> 1) & -WORD;
  }

  #placeTracks(size: number): number {
    this.trackSize = 0;
    this.origSize = 0;
    if ((this.letters & Letter.U) === 0) return size;
    this.trackSize = this.profile === Profile.V310 ? 152 : 32;
    if ((this.letters & Letter.KMALLOC) !== 0) this.origSize = origSizeBytes(this.profile);
    return size + 2 * this.trackSize + this.origSize;
  }

  #chooseOrder(nrCpuIds: number): boolean {
    const order = calculateOrder(this.profile, this.size, nrCpuIds);
    if (order < 0) return false;
    this.order = order;
    this.objects = orderObjects(order, this.size);
    return true;
  }

  #exceedsOrderGuard(request: LayoutRequest): boolean {
    if ((request.letters & Letter.ORDER_GUARD) === 0) return false;
    return getOrder(this.size) > getOrder(this.objectSize);
  }
}

function origSizeBytes(profile: Profile): number {
  if (profile === Profile.V310) return 0;
  return profile === Profile.V61 ? 4 : 8;
}

/** Smallest order whose block holds `bytes`. */
export function getOrder(bytes: number): number {
  return bytes <= PAGE_SIZE ? 0 : bitLength((bytes - 1) >>> PAGE_SHIFT);
}

function orderObjects(order: number, size: number): number {
  return Math.floor((PAGE_SIZE << order) / size);
}

/** fls(): the 1-based index of the highest bit. */
function bitLength(value: number): number {
  return 32 - Math.clz32(value);
}

/**
 * Orders worked out before, for one kind of machine at a time: a campaign asks for them all day.
 */
const KNOWN_SIZES = 1 << 16;
const knownOrders = new Int8Array(KNOWN_SIZES);
const NOT_KNOWN = -2;
let knownProfile: Profile = Profile.V61;
let knownCpus = 0;

/** calculate_order(); -1 where no order will do. */
function calculateOrder(profile: Profile, size: number, nrCpuIds: number): number {
  if (size >= KNOWN_SIZES) return findOrder(profile, size, nrCpuIds);
  if (profile !== knownProfile || nrCpuIds !== knownCpus) {
    knownOrders.fill(NOT_KNOWN);
    knownProfile = profile;
    knownCpus = nrCpuIds;
  }
  if (knownOrders[size] === NOT_KNOWN) knownOrders[size] = findOrder(profile, size, nrCpuIds);
  return knownOrders[size];
}

function findOrder(profile: Profile, size: number, nrCpuIds: number): number {
  const wanted = 4 * (bitLength(nrCpuIds) + 1);
  const most = orderObjects(SLUB_MAX_ORDER, size);
  return profile >= Profile.V612
    ? orderSince68(size, Math.min(wanted, Math.max(most, 1)))
    : orderBefore68(size, Math.min(wanted, most));
}

function orderBefore68(size: number, wanted: number): number {
  for (let objects = wanted; objects > 1; objects--) {
    for (let fraction = 16; fraction >= 4; fraction >>= 1) {
      const order = slabOrder(size, getOrder(objects * size), SLUB_MAX_ORDER, fraction);
      if (order <= SLUB_MAX_ORDER) return order;
    }
  }
  const single = slabOrder(size, getOrder(size), SLUB_MAX_ORDER, 1);
  if (single <= SLUB_MAX_ORDER) return single;
  const large = slabOrder(size, getOrder(size), MAX_ORDER, 1);
  return large < MAX_ORDER ? large : -1;
}

function orderSince68(size: number, wanted: number): number {
  const smallest = getOrder(wanted * size);
  for (let fraction = 16; fraction > 1; fraction >>= 1) {
    const order = slabOrder(size, smallest, SLUB_MAX_ORDER, fraction);
    if (order <= SLUB_MAX_ORDER) return order;
  }
  const order = getOrder(size);
  return order < MAX_ORDER ? order : -1;
}

/** The first order from `first` on that wastes no more than one part in `fraction`. */
function slabOrder(size: number, first: number, last: number, fraction: number): number {
  if (orderObjects(0, size) > MAX_OBJS_PER_PAGE) return getOrder(size * MAX_OBJS_PER_PAGE) - 1;
  for (let order = first; order <= last; order++) {
    const bytes = PAGE_SIZE << order;
    if (bytes % size <= Math.floor(bytes / fraction)) return order;
  }
  return last + 1;
}

/** Bytes of a slab of this layout. */
export function slabBytes(layout: Layout): number {
  return 1 << (PAGE_SHIFT + layout.order);
}

/** Bytes of a slab behind its last object. */
export function tailBytes(layout: Layout): number {
  return slabBytes(layout) - layout.objects * layout.size;
}

/** Whether free objects of the cache wait in sheaves (7.3). */
export function waitsInSheaves(layout: Layout): boolean {
  return layout.profile === Profile.V73 && (layout.letters & (DEBUG_LETTERS | Letter.N)) === 0;
}

/** Pointers that a sheaf of the cache has room for: all that its kmalloc object holds. */
export function sheafCapacityOf({ size, sheafWanted }: Layout): number {
  const fitting = size >= PAGE_SIZE ? 4 : size >= 1024 ? 12 : size >= 256 ? 28 : 60;
  return Math.max(fitting, sheafWanted);
}

/** Whether allocations and frees of the cache are checked at all. */
export function checksOperations(layout: Layout): boolean {
  const gate = layout.profile === Profile.V310 ? DEBUG_LETTERS : Letter.F;
  return (layout.letters & gate) !== 0;
}

/** Whether the cache has any debugging, and therefore neither cpu slab nor cpu partial list. */
export function isDebugCache(layout: Layout): boolean {
  return (layout.letters & DEBUG_LETTERS) !== 0;
}
