// Names of functions in a module's name section.
import { shortened } from "../base/visible.ts";
import type { ByteReader } from "./leb128.ts";

/** Compilers give functions of templates names of hundreds of characters. */
const NAME_MAX = 400;

/** A name without its middle where that would be long: what has no end is no name. */
export function shortFunctionName(name: string): string {
  return shortened(name, NAME_MAX);
}

const FUNCTION_NAMES = 1;

/** By the number of the function; `from` reads the section. */
export function readFunctionNames(from: ByteReader): ReadonlyMap<number, string> {
  while (!from.isDone) {
    const id = from.byte();
    const size = from.u32();
    if (id === FUNCTION_NAMES) {
      return new Map(from.list(() => [from.u32(), shortFunctionName(from.text())] as const));
    }
    from.skip(size);
  }
  return new Map();
}
