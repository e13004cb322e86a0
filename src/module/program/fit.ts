// A program on another allocator than the one that it was recorded on, or written for: what that
// one lacks is said in other words.
import { type Binding, takesAlignment } from "../load/binding.ts";
import type { ForeignOp } from "./op.ts";

/** The operations without requests that an allocator has no function for. */
export function fittedTo(binding: Binding, ops: readonly ForeignOp[]): readonly ForeignOp[] {
  const live = new Set<number>();
  return ops.flatMap((op) => {
    const fitted = fittedOp(binding, op, live.has(op.slot));
    if (op.op === "free" || op.op === "freesize") live.delete(op.slot);
    else if (fitted.some((one) => MAKES_BLOCKS.includes(one.op))) live.add(op.slot);
    return fitted;
  });
}

const MAKES_BLOCKS: readonly string[] = ["alloc", "zalloc", "resize"];
const U32_MAX = 0xffffffff;

function fittedOp(binding: Binding, op: ForeignOp, isLive: boolean): readonly ForeignOp[] {
  const { slot, a, b } = op;
  const plain = (size: number): readonly ForeignOp[] =>
    size > U32_MAX ? [] : [{ op: "alloc", slot, a: size, b: 0, c: 0 }];
  if (op.op === "alloc") return takesAlignment(binding) ? [op] : plain(a);
  if (op.op === "zalloc") return binding.calloc === undefined ? plain(a * b) : [op];
  if (op.op !== "resize") return [op];
  if (!isLive) return binding.hasUniqueEmptyBlocks && binding.realloc ? [op] : plain(a);
  return binding.realloc ? [op] : [{ op: "free", slot, a: 0, b: 0, c: 0 }, ...plain(a)];
}
