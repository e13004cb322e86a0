// kmalloc and ksize: the size class decides.
import { Letter, Status } from "../../abi.ts";
import { obtainByKmalloc } from "./give_back.ts";
import type { Layout } from "./layout.ts";
import type { Shadow } from "./shadow.ts";
import { NONE } from "./slabs.ts";
import { Source } from "./writes.ts";

export function stepKmalloc(shadow: Shadow, op: number, slot: number, zero: boolean): void {
  const size = shadow.image.words[4 * op + 3];
  const object = obtainByKmalloc(shadow, slot, size, shadow.valueAt(op));
  if (object === NONE) return;
  const cache = shadow.objects.cache(object);
  if ((cache === NONE) !== (shadow.status(op) === Status.PAGES)) {
    shadow.violate("wrong-size-class", cache, object, shadow.status(op));
  }
  if (zero) shadow.objects.writes.add(object, op, Source.ZERO, 0, size, 0);
}

/** slab_ksize(): how much of an object its owner may use. */
function usableBytes(layout: Layout): number {
  if ((layout.letters & (Letter.Z | Letter.P)) !== 0) return layout.objectSize;
  return (layout.letters & (Letter.R | Letter.U)) !== 0 ? layout.inuse : layout.size;
}

export function stepKsize(shadow: Shadow, op: number, slot: number, displacement: number): void {
  const object = shadow.slots.object(slot);
  if (object === NONE || !shadow.objects.isLive(object)) return;
  const cache = shadow.objects.cache(object);
  if (cache === NONE || shadow.offsetOf(slot, displacement) !== 0) return;
  shadow.objects.measure(object);
  const expected = usableBytes(shadow.caches.layouts[cache]);
  const found = shadow.valueLow(op);
  if (found !== expected) shadow.violate("wrong-ksize", cache, object, found, expected);
}
