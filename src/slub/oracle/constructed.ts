// Objects that a constructor made: it runs once, when their slab comes, and sets the first byte.
// Each owner must give them back in that state, because the next one counts on it.
import { CTOR_BYTE, Letter } from "../../abi.ts";
import { Region } from "./region.ts";
import type { Shadow } from "./shadow.ts";
import { NONE } from "./slabs.ts";
import { Source } from "./writes.ts";

/** What a constructor wrote stays from one owner to the next, unless one of them overwrote it. */
export function noteConstructed(shadow: Shadow, object: number): void {
  const cell = shadow.objects.cell(object);
  if (cell === NONE || shadow.slabs.cellTouched[cell] !== 0) return;
  shadow.objects.writes.add(object, shadow.op, Source.CONSTRUCTED, 0, 1, CTOR_BYTE);
}

/** An object whose first byte was overwritten goes back: the next owner will find it so. */
export function noteIfUnconstructed(shadow: Shadow, object: number): void {
  const cache = shadow.objects.cache(object);
  if ((shadow.caches.layouts[cache].letters & Letter.CTOR) === 0) return;
  const at = shadow.objects.at(object);
  const slab = shadow.objects.slab(object);
  const cell = shadow.objects.cell(object);
  shadow.damages.push({
    op: shadow.op,
    cause: "constructor-violation",
    kind: "write",
    object,
    at,
    slab,
    cache: NONE,
    segments: [
      {
        region: Region.PAYLOAD,
        slab,
        cell,
        object,
        isOwn: true,
        first: at,
        end: at + 1,
        changed: true,
        isOpen: false,
      },
    ],
    changed: true,
    isStructural: false,
    refused: false,
  });
}
