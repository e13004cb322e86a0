// Who wrote a byte last: the operation, and in which role. The judge's shadow knows what every byte
// is and whose; here the case runs once more, and the page at hand is looked at before and after
// each operation. What an operation of the program stores is the program's; whatever else changes
// is the allocator's doing, and what the byte is says which.
import { Letter, Op, PAGE_SHIFT, PAGE_SIZE, POISON_INUSE, Status } from "../../abi.ts";
import { targetOfWrite } from "../oracle/foresee.ts";
import type { KernelReport } from "../oracle/kernel_report.ts";
import { REGION_NAMES, Region } from "../oracle/region.ts";
import { placeOf } from "../oracle/segments.ts";
import type { Shadow } from "../oracle/shadow.ts";
import { NONE } from "../oracle/slabs.ts";
import type { ProgramImage } from "../program/image.ts";
import { opOf } from "../program/record.ts";
import type { Judge } from "./judge.ts";

/** What a byte was written as. */
export const ROLES = [
  "program",
  "poison",
  "red zone",
  "padding",
  "free pointer",
  "track",
  "orig size",
  "constructor",
  "zeroing",
  "copy",
  "repair",
  "slab setup",
  "scrub",
  "kernel metadata",
] as const;

type WriterRole = (typeof ROLES)[number];

interface Writer {
  readonly op: number;
  readonly role: WriterRole;
}

/** Whose a byte is. */
interface Owner {
  /** kmem_cache index. */
  readonly cache: number;
  /** Index of the object in its slab, NONE for the slab's tail. */
  readonly index: number;
  /** The operation that obtained the object, undefined while it is free. */
  readonly obtainedAt: number | undefined;
}

export interface ByteProvenance {
  /** What the byte is: payload, right-redzone, free-pointer, ... */
  readonly state: string;
  readonly isLive: boolean;
  readonly owner: Owner | undefined;
  /** Undefined for a byte that was never written. */
  readonly lastWriter: Writer | undefined;
}

/** The history of one page, up to some operation. */
interface PageHistory {
  readonly ops: Int32Array;
  readonly roles: Uint8Array;
}

/** Answers for one program on one judge; the judge must not be used for another meanwhile. */
export class Provenance {
  readonly #judge: Judge;
  readonly #image: ProgramImage;
  /** Where the judge stopped, and what it watched until then. */
  #followed = NONE;
  readonly #pages = new Map<number, PageHistory>();

  constructor(judge: Judge, image: ProgramImage) {
    this.#judge = judge;
    this.#image = image;
  }

  /** The byte at an offset of RAM, as operation `before` found it. */
  at(offset: number, before: number): ByteProvenance {
    const page = offset >>> PAGE_SHIFT;
    if (this.#followed !== before) this.#pages.clear();
    let history = this.#pages.get(page);
    if (history === undefined) {
      history = this.#follow(page, before);
      this.#pages.set(page, history);
      this.#followed = before;
    }
    return this.#describe(offset, history);
  }

  #describe(offset: number, { ops, roles }: PageHistory): ByteProvenance {
    const { shadow } = this.#judge;
    const place = placeOf(shadow, offset);
    const inPage = offset & (PAGE_SIZE - 1);
    const op = ops[inPage];
    return {
      state: REGION_NAMES[place.region],
      isLive: place.object !== NONE,
      owner: ownerOf(shadow, place),
      lastWriter: op === NONE ? undefined : { op, role: ROLES[roles[inPage]] },
    };
  }

  #follow(page: number, end: number): PageHistory {
    const watch = new PageWatch(this.#judge, page);
    this.#judge.follow(this.#image, end, watch);
    return watch;
  }
}

function ownerOf(shadow: Shadow, place: ReturnType<typeof placeOf>): Owner | undefined {
  const { slab, cell, object } = place;
  if (slab === NONE) return undefined;
  return {
    cache: shadow.slabs.cache(slab),
    index: cell === NONE ? NONE : cell - shadow.slabs.firstCell(slab),
    obtainedAt: object === NONE ? undefined : shadow.objects.bornAt(object),
  };
}

/** Watches one page of RAM while a judge follows a program. */
export class PageWatch implements PageHistory {
  readonly ops = new Int32Array(PAGE_SIZE).fill(NONE);
  readonly roles = new Uint8Array(PAGE_SIZE);
  readonly #judge: Judge;
  readonly #base: number;
  /** The page as the last operation left it; empty until the first one. */
  #bytes: Uint8Array = new Uint8Array(0);
  #first = 0;
  #end = 0;

  /** `isNew`: the page held nothing before it was watched. */
  constructor(judge: Judge, page: number, isNew = false) {
    this.#judge = judge;
    this.#base = page << PAGE_SHIFT;
    if (isNew) this.#bytes = new Uint8Array(PAGE_SIZE);
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  before(op: number): void {
    if (this.#bytes.length === 0) this.#bytes = this.#judge.ramBytes(this.#base, PAGE_SIZE);
    const target = targetOfWrite(this.#judge.shadow, op);
    this.#first = target === undefined ? 0 : target.at - this.#base;
    this.#end = target === undefined ? 0 : this.#first + target.length;
  }

  /** The next operation is going to write into the page by itself. */
  get isTarget(): boolean {
    return this.#first < PAGE_SIZE && this.#end > 0;
  }

  after(op: number): void {
    const now = this.#judge.ramBytes(this.#base, PAGE_SIZE);
    const hasRun = this.#judge.shadow.status(op) !== Status.NOT_RUN;
    for (let i = 0; i < PAGE_SIZE; i++) {
      const isProgram = hasRun && i >= this.#first && i < this.#end;
      if (!isProgram && now[i] === this.#bytes[i]) continue;
      this.ops[i] = op;
      this.roles[i] = ROLES.indexOf(isProgram ? "program" : this.#roleOf(op, i, now[i]));
    }
    this.#bytes = now;
    this.#noteHook(op);
  }

  /** What a bad free stores before it is checked may be what was there already. */
  #noteHook(op: number): void {
    for (const damage of this.#judge.shadow.damages) {
      if (damage.op !== op || damage.kind !== "free") continue;
      for (const { first, end } of damage.segments) {
        const from = Math.max(first - this.#base, 0);
        const to = Math.min(end - this.#base, PAGE_SIZE);
        if (from >= to) continue;
        this.ops.fill(op, from, to);
        this.roles.fill(ROLES.indexOf("free pointer"), from, to);
      }
    }
  }

  #roleOf(op: number, index: number, value: number): WriterRole {
    const { shadow } = this.#judge;
    const kind = opOf(shadow.image.words, op);
    if (kind === Op.SCRUB) return "scrub";
    // The other ends of a list that an entry came into or left.
    if (kind >= Op.LIST_INIT && kind <= Op.LIST_DEL) return "program";
    const at = this.#base + index;
    if (shadow.events.reports.some((report) => report.op === op && names(report, at))) {
      return "repair";
    }
    return roleByPlace(shadow, at, kind, value);
  }
}

function names(report: KernelReport, at: number): boolean {
  return report.firstByte !== NONE && report.firstByte <= at && at <= report.lastByte;
}

function roleByPlace(shadow: Shadow, at: number, kind: number, value: number): WriterRole {
  const { region, slab, object } = placeOf(shadow, at);
  switch (region) {
    case Region.LEFT_REDZONE:
    case Region.RIGHT_REDZONE:
      return "red zone";
    case Region.ALIGNMENT:
    case Region.PADDING:
    case Region.SLAB_TAIL:
    case Region.GAP:
      return "padding";
    case Region.FREE_POINTER:
      return "free pointer";
    case Region.TRACK:
      return "track";
    case Region.ORIG_SIZE:
      return "orig size";
    case Region.PAYLOAD:
    case Region.SLACK:
      return roleInPayload(shadow, slab, object, kind, value);
    default:
      return "kernel metadata";
  }
}

function roleInPayload(
  shadow: Shadow,
  slab: number,
  object: number,
  kind: number,
  value: number,
): WriterRole {
  const { letters } = shadow.caches.layouts[shadow.slabs.cache(slab)];
  if (kind === Op.KREALLOC && object !== NONE) return "copy";
  if ((letters & Letter.P) !== 0 && value !== 0) {
    return value === POISON_INUSE ? "slab setup" : "poison";
  }
  if ((letters & Letter.CTOR) !== 0) return "constructor";
  const isObtained = kind === Op.ALLOC || kind === Op.KMALLOC;
  return isObtained && value === 0 ? "zeroing" : "free pointer";
}
