// Whether a word means a module with an allocator of its own, and no core of ours. This needs no
// promise: the checks that a test suite imports give their answer at once.
import { WATCHED } from "../../wasm/toolchain.ts";
import { looksForeign } from "./find.ts";
import { isCoreFile, TLSF } from "./load.ts";

/** How words begin that only cores of ours have. */
const OWN_CORE = /^(slub|canary:)/;

/** Cores of ours are named by words that only they have; for all others the files decide. */
export function meansModule(word: string, exports?: string): boolean {
  if (exports !== undefined || word.startsWith(WATCHED)) return true;
  if (OWN_CORE.test(word)) return false;
  return word === TLSF || (looksForeign(word) && !isCoreFile(word));
}
