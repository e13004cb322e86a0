// Kernel events made by hand, for tests of what is printed for them.
import { type EventKind, NO_CACHE_INDEX, Profile } from "../../src/abi.ts";
import type { KernelEvent } from "../../src/slub/core/event.ts";
import type { CacheFields } from "../../src/slub/core/kmem_cache.ts";
import { kernelTextOf } from "../../src/slub/program/kernel_text.ts";
import { PROFILES as NAMES } from "../../src/slub/program/variant.ts";
import type { CacheLookup } from "../../src/slub/run/recorder.ts";
import { KernelLog } from "../../src/slub/words/dmesg.ts";
import { wordsOf } from "../../src/slub/words/kernels/index.ts";

/** An event of cache 0; what is not given is 0. */
export function event(kind: EventKind, code = 0, fields: Partial<KernelEvent> = {}): KernelEvent {
  const zero = { cpu: 0, op: 0, cache: 0, a: 0n, b: 0n, c: 0n, x: 0, y: 0, z: 0 };
  return { kind, code, ...zero, bytes: new Uint8Array(0), ...fields };
}

/** Two caches: one of that name, and e. */
function cachesNamed(name: string): CacheLookup {
  return {
    nameOf: (index) => (index === NO_CACHE_INDEX ? "<unknown>" : ([name, "e"][index] ?? "?")),
    fieldsOf: () => ({ objectSize: 64, size: 80, order: 1, minOrder: 0 }) as CacheFields,
  };
}

export interface LogOptions {
  readonly smp?: boolean;
  readonly debugList?: boolean;
  readonly keepsStacks?: boolean;
  /** What cache 0 is called. */
  readonly name?: string;
}

/** A kernel's log, asked for events. */
export function kernelLog(
  profile: Profile,
  { smp = false, debugList = true, keepsStacks = false, name = "c" }: LogOptions = {},
) {
  const variant = profile === Profile.V310 ? "v310" : "up";
  const text = kernelTextOf({ profile: NAMES[profile], variant });
  const built = { smp, debugList, hardened: false, bugOnCorruption: false, keepsStacks };
  const log = new KernelLog({ words: wordsOf(profile), text, ...built });
  const caches = cachesNamed(name);
  return (...events: readonly KernelEvent[]): string[] => log.printAll(events, caches);
}

export const PROFILES: readonly Profile[] = [Profile.V310, Profile.V61, Profile.V612, Profile.V73];
