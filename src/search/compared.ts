// Numbers that comparisons in the target suggest: where a number of a program is about what one
// operand was, the other operand, as far away, may lead another way.
import type { Prng } from "../base/prng.ts";
import type { GuidedOp, GuidedOps, GuidedPrograms } from "../target/guided.ts";

/** Sizes are rounded up before they are compared: an operand is a number's if it is so near. */
const NEAR = 8;
/** Smaller numbers are everywhere. */
const NUMBER_MIN = 4;
const NUMBER_MAX = 1 << 20;

interface Suggestion {
  readonly at: number;
  readonly op: GuidedOp;
}

/** An operation with another number, and its place; undefined where no number was compared. */
export function comparedOp(
  programs: GuidedPrograms,
  ops: GuidedOps,
  pairs: Int32Array,
  prng: Prng,
): Suggestion | undefined {
  const others = otherOperands(pairs);
  const numbered = ops.flatMap((op, at) =>
    programs
      .numbersOf(op)
      .flatMap(({ field, value }) => (others.has(value) ? [{ at, op, field, value }] : [])),
  );
  if (numbered.length === 0) return undefined;
  const { at, op, field, value } = prng.pick(numbered);
  const suggested = prng.pick(others.get(value) ?? [value]) + prng.between(-1, 1);
  return { at, op: programs.withNumber(op, field, Math.max(0, suggested)) };
}

/** For each number what it may become. */
function otherOperands(pairs: Int32Array): ReadonlyMap<number, readonly number[]> {
  const others = new Map<number, number[]>();
  const add = (operand: number, other: number) => {
    for (let by = -NEAR; by <= NEAR; by++) {
      const [value, suggested] = [operand - by, other - by];
      if (value < NUMBER_MIN || suggested < 0 || suggested > NUMBER_MAX) continue;
      const known = others.get(value);
      if (known === undefined) others.set(value, [suggested]);
      else known.push(suggested);
    }
  };
  for (let i = 0; i < pairs.length; i += 2) {
    const [left, right] = [pairs[i], pairs[i + 1]];
    if (!isNumber(left) || !isNumber(right)) continue;
    add(left, right);
    add(right, left);
  }
  return others;
}

/** Addresses are no numbers of a program. */
function isNumber(operand: number): boolean {
  return operand >= 0 && operand <= NUMBER_MAX;
}
