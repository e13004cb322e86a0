// The size that a caller of kmalloc() asked for, kept behind the tracks of each object (U).

import { clean, DEBUG } from "../base/assert.ts";
import { translate } from "../base/memory.ts";
import { track_size } from "./profile.ts";
import { get_info_end, KmemCache, slub_debug_orig_size } from "./types.ts";

/** Where the requested size is kept, behind the tracks. */
function orig_size_at(s: KmemCache, object: u64): usize {
  return translate(object + get_info_end(s) + 2 * track_size, 4);
}

export function set_orig_size(s: KmemCache, object: u64, size: u32): void {
  if (!slub_debug_orig_size(s)) return;
  if (DEBUG && clean) assert(size <= s.object_size); // the class fits the request
  const at = orig_size_at(s, object);
  if (at != 0) store<u32>(at, size);
}

export function get_orig_size(s: KmemCache, object: u64): u32 {
  if (!slub_debug_orig_size(s)) return s.object_size;
  const at = orig_size_at(s, object);
  if (DEBUG && clean) assert(at != 0 && load<u32>(at) <= s.object_size); // as it was set
  return at != 0 ? load<u32>(at) : s.object_size;
}
