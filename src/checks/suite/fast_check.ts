// An arbitrary for fast-check: programs of the generator, which shrink by the passes of the
// shrinker and not by fast-check's own ways.
//
//   import { programArbitrary } from "slabfuzz/fast-check";
//   fc.assert(fc.property(programArbitrary({ bugs: ["none"] }), (program) => ...));
import fc from "fast-check";
import { generatorFor } from "../../slub/engine.ts";
import type { Generator as ProgramGenerator } from "../../slub/gen/generate.ts";
import { machineOf, type SlubRequest, slubOptions } from "../../slub/options.ts";
import { decode } from "../../slub/program/decode.ts";
import type { Machine } from "../../slub/program/machine.ts";
import type { Program } from "../../slub/program/op.ts";
import { compareKeys, keyOf } from "../../slub/shrink/key.ts";
import { PASSES } from "../../slub/shrink/shrink.ts";

/** Case numbers are drawn from so many: more than anybody runs. */
const CASES = 0x7fffffff;

/** Programs as a campaign of that request would make them; its seed is fast-check's affair. */
export function programArbitrary(request: Omit<SlubRequest, "seed"> = {}): fc.Arbitrary<Program> {
  const options = slubOptions({ ...request, seed: 0n });
  const machine = machineOf(options);
  return new ProgramArbitrary(generatorFor(options, machine), machine);
}

class ProgramArbitrary extends fc.Arbitrary<Program> {
  readonly #generator: ProgramGenerator;
  readonly #machine: Machine;

  constructor(generator: ProgramGenerator, machine: Machine) {
    super();
    this.#generator = generator;
    this.#machine = machine;
  }

  override generate(random: fc.Random): fc.Value<Program> {
    const image = this.#generator.generate(random.nextInt(0, CASES));
    return shrinkable(decode(image, this.#machine));
  }

  override canShrinkWithoutContext(value: unknown): value is Program {
    return Array.isArray(Object(value).ops);
  }

  override shrink(program: Program): fc.Stream<fc.Value<Program>> {
    return fc.stream(smallerPrograms(program)).map(shrinkable);
  }
}

function shrinkable(program: Program): fc.Value<Program> {
  return new fc.Value(program, undefined);
}

/** All that the passes propose. Whoever takes one asks again, about that one. */
function* smallerPrograms(program: Program): IterableIterator<Program> {
  const key = keyOf(program);
  for (const pass of Object.values(PASSES)) {
    const proposals = pass(program);
    for (let next = proposals.next(false); next.done !== true; next = proposals.next(false)) {
      if (compareKeys(keyOf(next.value), key) < 0) yield next.value;
    }
  }
}
