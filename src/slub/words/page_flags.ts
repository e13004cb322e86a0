// page->flags of a slab line, in the profile's own bits.
import type { Words } from "./kernels/index.ts";

/** `0x200(slab|zone=0)`, or 3.10's bare hex. */
export function pageFlagsText(flags: number, words: Words): string {
  const set = words.pageBits.filter((bit) => (flags & bit.flag) !== 0);
  let value = words.zoneBits;
  for (const bit of set) value |= BigInt(bit.value);
  const hex = value.toString(16);
  if (!words.pageFlagsNamed) return `0x${hex.padStart(4, "0")}`;
  return `0x${hex}(${[...set.map((bit) => bit.name), "zone=0"].join("|")})`;
}
