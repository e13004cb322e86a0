// The bytes that a check calls wrong: where they lie, and what the first one is and was.
import { POISON_INUSE } from "../../abi.ts";
import type { DamagedRange } from "../report.ts";
import { ADDRESS, pointerOf } from "./numbers.ts";
import { longPattern } from "./pattern.ts";

const RANGE = longPattern(
  String.raw`(0x${ADDRESS}) ?- ?(0x${ADDRESS})(?: @offset=(\d{1,20}))?\. First byte`,
  " (0x[0-9a-f]{1,2}) instead of (0x[0-9a-f]{1,2})",
);
const SLAB_PADDING = longPattern(
  String.raw`Padding overwritten\. (0x[0-9a-f]{1,16}) ?- ?(0x[0-9a-f]{1,16})`,
  String.raw`(?: @offset=(\d{1,20}))?`,
);

/** `0x…-0x… @offset=N. First byte 0x.. instead of 0x..` */
export function rangeIn(text: string): DamagedRange | undefined {
  const match = RANGE.exec(text);
  if (match === null) return undefined;
  const [, from, to, offset, is, was] = match;
  return { ...placeOf(from, to, offset), is: Number(is), was: Number(was) };
}

/** `Padding overwritten. 0x…-0x… @offset=N`; the bytes themselves are not said. */
export function paddingRangeIn(text: string): DamagedRange | undefined {
  const match = SLAB_PADDING.exec(text);
  if (match === null) return undefined;
  const [, from, to, offset] = match;
  return { ...placeOf(from, to, offset), is: -1, was: POISON_INUSE };
}

function placeOf(
  from: string,
  to: string,
  offset: string | undefined,
): Pick<DamagedRange, "from" | "to" | "slabOffset"> {
  return {
    from: pointerOf(from) ?? 0n,
    to: pointerOf(to) ?? 0n,
    slabOffset: offset === undefined ? undefined : Number(offset),
  };
}
