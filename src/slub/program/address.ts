// A place in memory, as the script language names it.

/**
 * A name and a displacement. The name is a slot, a region, one of the reserved names `null`, `glob`
 * and `vglob`, or an address in the form 0xHEX (whose displacement is always 0).
 */
export interface Address {
  readonly slot: string;
  readonly offset: number;
}

/** Names of places that exist before a program starts, in the order of their slot numbers. */
export const RESERVED_SLOTS: readonly string[] = ["null", "glob", "vglob"];

/** True if a place is given by its address and not by a name. */
export function isAddressName(slot: string): boolean {
  return slot.startsWith("0x");
}

/** A place, as the language writes it. */
export function printAddress({ slot, offset }: Address): string {
  if (offset === 0) return slot;
  return offset < 0 ? `${slot}${offset}` : `${slot}+${offset}`;
}
