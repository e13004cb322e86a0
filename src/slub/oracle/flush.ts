// Sheaves are flushed (7.3): what waits in them goes back to the slabs, also what should not: only
// there does a bad free reach a free list, where checks and other owners meet it.

import type { Cause } from "./cause.ts";
import type { Damage } from "./damage.ts";
import { queueSheavesOf, queueSheavesOn } from "./grace.ts";
import { waitsInSheaves } from "./layout.ts";
import type { Shadow } from "./shadow.ts";

/** Bad frees of which nothing showed while their pointer lay in a sheaf. */
const UNNOTICED: readonly Cause[] = ["double-free-in-sheaf", "invalid-free-interior"];

/** The CPUs gave back what they held of a cache. */
export function flushSheavesOf(shadow: Shadow, cache: number): void {
  queueSheavesOf(shadow, cache);
  for (const damage of shadow.damages) noteFlushed(shadow, damage, cache);
}

/** A CPU gave back what it held of any cache. */
export function flushSheavesOn(shadow: Shadow, cpu: number): void {
  queueSheavesOn(shadow, cpu);
  for (const damage of shadow.damages) noteFlushed(shadow, damage, damage.cache);
}

function noteFlushed(shadow: Shadow, damage: Damage, cache: number): void {
  if (damage.kind !== "free" || damage.cache !== cache || damage.flushedAt !== undefined) return;
  const layout = shadow.caches.layouts[cache];
  if (layout === undefined || !waitsInSheaves(layout) || !UNNOTICED.includes(damage.cause)) return;
  if (wasHandedOut(shadow, damage)) return;
  damage.cause = "bad-free-flushed";
  damage.flushedAt = shadow.op;
}

/** An allocation took the pointer out of the sheaf before. */
function wasHandedOut({ objects }: Shadow, { op, at }: Damage): boolean {
  let id = objects.count - 1;
  while (id >= 0 && objects.bornAt(id) > op && objects.at(id) !== at) id--;
  return id >= 0 && objects.bornAt(id) > op;
}
