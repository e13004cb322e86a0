// The caches that every machine has before a program starts: kmem_cache 0 to 12 serve kmalloc; 3.10
// has as many again for DMA memory behind them.
import type { ProfileName } from "./op.ts";

/** Object sizes, in the order of their kmem_cache indices. */
export const KMALLOC_SIZES: readonly number[] = [
  8, 16, 32, 64, 96, 128, 192, 256, 512, 1024, 2048, 4096, 8192,
];

/** Names of the kmalloc caches, in the same order: since 4.20 the large ones count in k. */
export function kmallocNames(profile: ProfileName): readonly string[] {
  return KMALLOC_SIZES.map((size) => `kmalloc-${sizeName(profile, size)}`);
}

/**
 * Names of the caches behind the second kind of kmalloc memory, in the same order: for DMA (3.10),
 * or of reclaimable objects. Those of 6.1 take in no other cache, so no program meets them.
 */
export function secondKmallocNames(profile: ProfileName): readonly string[] {
  if (profile === "v6.1") return [];
  const kind = profile === "v3.10" ? "dma-kmalloc" : "kmalloc-rcl";
  return KMALLOC_SIZES.map((size) => `${kind}-${sizeName(profile, size)}`);
}

/** Names of all caches that exist after boot, by their kmem_cache index. */
export function bootCacheNames(profile: ProfileName): readonly string[] {
  const names = kmallocNames(profile);
  return profile === "v3.10" ? [...names, ...secondKmallocNames(profile)] : names;
}

function sizeName(profile: ProfileName, size: number): string {
  return profile === "v3.10" || size < 1024 ? `${size}` : `${size / 1024}k`;
}
