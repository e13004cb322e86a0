// Which module is under test, and how it is called and bounded: plain data, which a token can spell
// out.

import type { ModuleLimits } from "../../target/options.ts";
import { limitsOf } from "./limits.ts";

export interface ForeignChoice extends ModuleLimits {
  /** `tlsf`, a path, or a package; with `watched:` before it, its stores are watched. */
  readonly target: string;
  /** Its mapping as text; undefined where its convention is to be found out. */
  readonly exports?: string;
}

/** Without an entry for what was not said. */
export function choiceOf({ target, exports, ...limits }: ForeignChoice): ForeignChoice {
  return { target, ...(exports === undefined ? {} : { exports }), ...limitsOf(limits) };
}
