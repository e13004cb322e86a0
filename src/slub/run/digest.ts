// The digest of a case: everything that the machine answered and printed, and nothing else. Two
// runs of one program on one build agree in it; the digest of a campaign is the sum over its cases,
// and so does not depend on their order.
import {
  CACHE_MAX,
  CacheLayout,
  Op,
  PAGE_SIZE,
  RESULT_SIZE,
  ResultField,
  STRUCT_PAGE_SIZE,
  Status,
  Window,
} from "../../abi.ts";
import type { Digest } from "../../base/hash.ts";
import type { SlabHeap } from "../core/heap.ts";
import { readWindow } from "../core/memory.ts";
import type { ProgramImage } from "../program/image.ts";
import { opOf } from "../program/record.ts";

const RESULT_WORDS = RESULT_SIZE / 4;
const POINTER_BYTES = 8;
const LINK_BYTES = 16;

/** By operation: its results stand for bytes or pointers elsewhere. */
const HAS_EXTRA = new Uint8Array(256);
for (const op of [Op.READ, Op.ALLOC_N, Op.BULK_ALLOC, Op.LIST_ADD, Op.LIST_ADD_TAIL]) {
  HAS_EXTRA[op] = 1;
}

/** Takes in what a run of the first `ran` operations left: results, what they point at, events. */
export function digestRun(
  digest: Digest,
  heap: SlabHeap,
  image: ProgramImage,
  ran: number,
): Digest {
  digest.clear().word(ran);
  digest.words(heap.results, 0, ran * RESULT_WORDS);
  for (let op = 0; op < ran; op++) {
    const kind = opOf(image.words, op);
    if (HAS_EXTRA[kind] !== 0) digestExtra(digest, heap, kind, op);
  }
  digestBytes(digest, heap.views.u32, heap.areas.event, heap.eventBytes);
  return digest.word(heap.eventsLost);
}

/**
 * The bytes or pointers that a result stands for; an operation in which the machine died has none.
 */
function digestExtra(digest: Digest, heap: SlabHeap, kind: number, op: number): void {
  const at = op * RESULT_WORDS;
  const status = heap.results[at + ResultField.STATUS / 4];
  if (status !== Status.OK && status !== Status.FAULT) return;
  const count = heap.results[at + ResultField.AUX / 4];
  const bytes = extraBytes(kind, count);
  const position = heap.results[at + ResultField.VALUE / 4];
  digestBytes(digest, heap.views.u32, heap.areas.extra + position, bytes);
}

function extraBytes(kind: number, count: number): number {
  switch (kind) {
    case Op.READ:
      return count;
    case Op.ALLOC_N:
    case Op.BULK_ALLOC:
      return count * POINTER_BYTES;
    case Op.LIST_ADD:
    case Op.LIST_ADD_TAIL:
      return LINK_BYTES;
    default:
      return 0;
  }
}

/** Whole words; what the last one holds beyond the end is left out. */
function digestBytes(digest: Digest, words: Uint32Array, address: number, bytes: number): void {
  const first = address >>> 2;
  const whole = first + (bytes >>> 2);
  digest.words(words, first, whole);
  const rest = bytes & 3;
  if (rest !== 0) digest.word(words[whole] & ((1 << (8 * rest)) - 1));
}

/** The kernel's own pages, and some that slabs lie in. */
const STRUCT_PAGES = 160;
/** Words of slab memory, and of foreign memory. */
const RAM_FIRST = 32 * PAGE_SIZE;
const RAM_BYTES = 4 * PAGE_SIZE;

/** Takes the state in. What a cache that is no more left behind depends on earlier programs. */
export function digestState(digest: Digest, heap: SlabHeap): Digest {
  const { u32 } = heap.views;
  const take = (linear: number, bytes: number): void => {
    digest.words(u32, linear >>> 2, (linear + bytes) >>> 2);
  };
  const caches = heap.core.cache_address();
  for (let i = 0; i < CACHE_MAX; i++) {
    const at = caches + i * CacheLayout.SIZE;
    if (u32[(at + CacheLayout.STATE) >>> 2] !== 0) take(at, CacheLayout.SIZE);
  }
  take(readWindow(heap, Window.MEM_MAP).linear, STRUCT_PAGES * STRUCT_PAGE_SIZE);
  take(readWindow(heap, Window.RAM).linear + RAM_FIRST, RAM_BYTES);
  return digest.word(heap.core.pages_in_use());
}
