// What comes after a mistake: sometimes the damage is looked at, or led on, at once; mostly the
// program goes on as if nothing had happened.
import type { Draft } from "../draft.ts";
import { Feature } from "../features.ts";
import { KMALLOC } from "../holdings.ts";

/** After damage around a live object: it is given back, or its cache validated. */
export function followLive(draft: Draft, owner: number, slot: number): void {
  switch (draft.prng.below(4)) {
    case 0:
      draft.free(owner, slot);
      return;
    case 1:
      validate(draft, owner, slot);
      return;
    default:
      return;
  }
}

/** After damage to a free object: it is handed out, or its cache validated. */
export function followFreed(draft: Draft, owner: number, slot: number): void {
  switch (draft.prng.below(4)) {
    case 0:
      for (let i = 0; i < 2; i++) obtainAgain(draft, owner, slot);
      return;
    case 1:
      validate(draft, owner, slot);
      return;
    default:
      return;
  }
}

function obtainAgain(draft: Draft, owner: number, slot: number): void {
  if (owner === KMALLOC) draft.kmalloc(draft.slotSize[slot], false);
  else draft.alloc(owner);
}

function validate(draft: Draft, owner: number, slot: number): void {
  if ((draft.allowed & Feature.VALIDATE) === 0) return;
  if (owner === KMALLOC) draft.image.kvalidate(slot);
  else draft.image.validate(owner);
}
