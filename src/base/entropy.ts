// The only place that is not deterministic: the seed of a campaign for which nobody chose one.
import { readU64 } from "./bytes.ts";

/**
 * A fresh 64-bit seed. It is printed in the first line of the run, so that the run can be repeated.
 */
export function freshSeed(): bigint {
  return readU64(crypto.getRandomValues(new Uint8Array(8)), 0);
}
