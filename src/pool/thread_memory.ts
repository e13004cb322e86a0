// What a worker thread holds: objects of JavaScript, buffers, and the memories of cores. The engine
// is in no hurry to give back a core's memory that nobody uses any more, since it sees a small
// object; so the thread asks it to before it says that it holds much. A thread that holds
// too much is replaced, which takes as long as ten findings take to be written up.
import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** A worker that holds more is replaced between two jobs. */
export const HEAP_BYTES_MAX = 192 << 20;
/** Beyond it, what nobody uses is given back first. */
const COLLECT_BYTES = 128 << 20;

let collectGarbage: (() => void) | undefined;

/** Bytes that this thread holds and uses. */
export function heldBytes(): number {
  const held = countBytes();
  if (held < COLLECT_BYTES) return held;
  collectGarbage ??= garbageCollector();
  collectGarbage();
  return countBytes();
}

function countBytes(): number {
  const { total_heap_size, external_memory, malloced_memory } = getHeapStatistics();
  return total_heap_size + external_memory + malloced_memory;
}

/** The engine has it in store for contexts that are made while the flag is up. */
function garbageCollector(): () => void {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  setFlagsFromString("--no-expose-gc");
  return gc;
}
