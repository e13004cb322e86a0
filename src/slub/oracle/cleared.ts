// init_on_alloc=1: what is allocated is cleared, but for objects that keep what was in them.
import { Letter } from "../../abi.ts";
import type { Shadow } from "./shadow.ts";
import { NONE } from "./slabs.ts";

/** Caches whose objects are what their last owner, their constructor or poison left. */
const KEEPS = Letter.CTOR | Letter.R | Letter.P;

/** Whether an object was cleared when it was allocated, without its owner's asking. */
export function isCleared({ caches, machine, objects }: Shadow, object: number): boolean {
  if (!machine.initOnAlloc || object === NONE) return false;
  const cache = objects.cache(object);
  return cache === NONE || (caches.layouts[cache].letters & KEEPS) === 0;
}

/** Whether what a constructor wrote outlasts an owner who asks for zeroes: with init_on_alloc. */
export function isKeptFromZeroing({ caches, machine }: Shadow, cache: number): boolean {
  return machine.initOnAlloc && (caches.layouts[cache].letters & Letter.CTOR) !== 0;
}
