// Which kmem_cache a name of the program means right now: the newest living one that was made under
// it.
//
// Names are numbers; each has a chain of creations, youngest first. A destroyed creation leaves the
// chain; the others live on under their name, as in the kernel driver that made the recordings.

import { NAME_MAX } from "../abi/limits.ts";
import { DEBUG } from "../base/assert.ts";
import { KmemCache } from "../slab/types.ts";

/** Creations a program may make: aliases and refused ones count, too. */
const CREATION_MAX: u32 = 1024;

/** u16 per name: index of its youngest living creation plus 1. */
const living: usize = memory.data(512);
/** Two words per creation: linear address of the kmem_cache, and the creation before it plus 1. */
const creations: usize = memory.data(8192);
let created: u32 = 0;

export function forget_names(): void {
  memory.fill(living, 0, NAME_MAX * 2);
  created = 0;
}

/** Remembers a cache under a name. False where the program makes too many. */
export function name_cache(name: u32, s: KmemCache): bool {
  if (created == CREATION_MAX || name >= NAME_MAX) return false;
  const at = creations + <usize>(created << 3);
  store<u32>(at, <u32>changetype<usize>(s));
  store<u32>(at, load<u16>(living + (name << 1)), 4);
  created++;
  store<u16>(living + (name << 1), <u16>created);
  return true;
}

/** The newest living cache of a name, or null. */
export function named_cache(name: u32): KmemCache | null {
  if (DEBUG) assert(name < NAME_MAX); // cache() asks before
  const creation = load<u16>(living + (name << 1));
  if (creation == 0) return null;
  return changetype<KmemCache>(<usize>load<u32>(creations + (<usize>(creation - 1) << 3)));
}

/** Forgets the newest creation of a name. */
export function unname_cache(name: u32): void {
  if (DEBUG) assert(name < NAME_MAX); // it named a cache a moment ago
  const creation = load<u16>(living + (name << 1));
  if (creation == 0) return;
  store<u16>(living + (name << 1), load<u16>(creations + (<usize>(creation - 1) << 3), 4));
}
