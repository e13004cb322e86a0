// The digest of a case: everything that the machine answered and printed, and nothing else. Two runs
// of one program on one build agree in it; the digest of a campaign is the sum over its cases, and so
// does not depend on their order.
import { RESULT_SIZE } from "../abi.ts";
import type { Digest } from "../base/hash.ts";
import type { SlabHeap } from "../wasm/heap.ts";

const RESULT_WORDS = RESULT_SIZE / 4;

/** Takes in what a run of `ran` operations left: results, extra bytes, events. */
export function digestRun(digest: Digest, heap: SlabHeap, ran: number): Digest {
  const { core, views } = heap;
  digest.clear().word(ran);
  digest.words(heap.results, 0, ran * RESULT_WORDS);
  digestWords(digest, views.u32, core.extra_address(), core.extra_bytes());
  digestWords(digest, views.u32, heap.eventAddress, heap.eventBytes);
  return digest.word(heap.eventsLost);
}

/** Whole words; what the last one holds beyond the end is left out. */
function digestWords(digest: Digest, words: Uint32Array, address: number, bytes: number): void {
  const first = address >>> 2;
  const whole = first + (bytes >>> 2);
  digest.words(words, first, whole);
  const rest = bytes & 3;
  if (rest !== 0) digest.word(words[whole] & ((1 << (8 * rest)) - 1));
  digest.word(bytes);
}
