// What a program's mistake did, in bytes: one damage for each operation that had no right to what
// it did, cut into one segment for each stretch of bytes that are the same thing of the same owner.
//
// A mistake is what a program did wrong once: mostly one operation, sometimes several that belong
// together, as the writes of a loop do. Two bugs in one case are two mistakes, and each gets a
// verdict of its own.
import type { Cause } from "./cause.ts";
import type { Region } from "./region.ts";
import { NONE } from "./slabs.ts";

export interface Segment {
  readonly region: Region;
  /** The slab and the cell in it, NONE where there is none. */
  readonly slab: number;
  readonly cell: number;
  /** The object that lived in the cell, NONE if it was free. */
  readonly object: number;
  /** It is the object that the program wrote through. */
  readonly isOwn: boolean;
  /** RAM offsets: first byte, one past the last. */
  readonly first: number;
  readonly end: number;
  readonly changed: boolean;
  /** The bytes still are as the program left them, as far as anyone knows. */
  isOpen: boolean;
}

export interface Damage {
  readonly op: number;
  /** Later mistakes may show what an earlier one was part of. */
  cause: Cause;
  readonly kind: "write" | "free" | "read";
  /** The object that the program acted through, NONE for an address of its own. */
  readonly object: number;
  /** RAM offset of the first byte, or of the pointer that was freed; NONE if elsewhere. */
  readonly at: number;
  /** The slab that `at` lies in. */
  readonly slab: number;
  /** kmem_cache that the program named; NONE for a write. */
  readonly cache: number;
  readonly segments: readonly Segment[];
  /** Something changed. */
  readonly changed: boolean;
  /** The chain of free objects, or memory that is not watched, may be wrong from here on. */
  readonly isStructural: boolean;
  /** A free that the kernel did not do. */
  readonly refused: boolean;
  /** The operation that flushed the pointer out of the sheaf where it had gone unnoticed (7.3). */
  flushedAt?: number;
}

/** An operation that is at fault by itself. */
export interface Misuse {
  readonly op: number;
  /** Nothing is certain from here on: the kernel's own structures may be wrong. */
  readonly isLasting: boolean;
}

/** A check that is bound to speak. */
export interface Expectation {
  readonly damage: Damage;
  readonly op: number;
  /** The option behind it, 0 where no option is needed. */
  readonly letter: number;
  /** The words of the report, as later profiles say them. */
  readonly words: string;
}

export interface Mistake {
  readonly cause: Cause;
  /** In the order of operations; never empty. */
  readonly damages: readonly Damage[];
}

/** The mistakes of a case, the earliest first. */
export function mistakesOf(damages: readonly Damage[]): Mistake[] {
  const groups: Damage[][] = [];
  for (const damage of damages) {
    const group = groups.find((one) => belongs(one, damage));
    if (group === undefined) groups.push([damage]);
    else group.push(damage);
  }
  return groups.map((group) => ({ cause: group[0].cause, damages: group }));
}

function belongs(group: readonly Damage[], damage: Damage): boolean {
  const [first] = group;
  // A list that was damaged leads the operations astray that follow it.
  if (damage.cause === "list-misuse") return first.kind === "write";
  if (first.cause !== damage.cause) return false;
  return first.op === damage.op || (first.object !== NONE && first.object === damage.object);
}

/** The damage that tells most: the first that changed something. */
export function mainDamage({ damages }: Mistake): Damage {
  return damages.find((one) => one.changed) ?? damages[0];
}
