// The deliberate bugs (abi/planted.ts). Compiled in only by the canary target: in the release build
// planted() is the constant false and its branches vanish.

import { ConfigLayout } from "../abi/layout.ts";
import { Planted, Unguarded } from "../abi/planted.ts";
import { CONFIG } from "../base/arena.ts";

// @ts-ignore: decorator
@inline
export function planted(bug: Planted): bool {
  // @ts-ignore: a constant of the canary target
  return isDefined(SLUB_CANARY) ? load<u32>(CONFIG, ConfigLayout.PLANTED) == <u32>bug : false;
}

/** The same for the bugs of what skips checks. */
// @ts-ignore: decorator
@inline
export function unguarded(bug: Unguarded): bool {
  // @ts-ignore: a constant of the canary target
  return isDefined(SLUB_CANARY) ? load<u32>(CONFIG, ConfigLayout.PLANTED) == <u32>bug : false;
}
