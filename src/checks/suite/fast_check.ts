// An arbitrary for fast-check: programs of the generator, which shrink by the passes of the
// shrinker and not by fast-check's own ways.
//
//   import { programArbitrary } from "slabfuzz/fast-check";
//   fc.assert(fc.property(programArbitrary({ bugs: ["none"] }), (program) => ...));
import "../../targets/core_files.ts";
import fc from "fast-check";
import { generatorFor } from "../../slub/engine.ts";
import type { Generator as ProgramGenerator } from "../../slub/gen/generate.ts";
import { machineOf, type SlubRequest, slubOptions } from "../../slub/options.ts";
import { decode } from "../../slub/program/decode.ts";
import type { Machine } from "../../slub/program/machine.ts";
import type { Program } from "../../slub/program/op.ts";
import { SMALLER_OPERATIONS } from "../../slub/shrink/strategy.ts";
import { candidatesFor } from "../../target/shrink.ts";

/** Case numbers are drawn from so many: more than any test runs. */
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

  /** A round of candidates, none of which is taken: fast-check asks again for the one it takes. */
  override shrink(program: Program): fc.Stream<fc.Value<Program>> {
    const candidates = candidatesFor(program, SMALLER_OPERATIONS);
    return fc.stream(candidates).map((candidate) => shrinkable(candidate.program));
  }
}

function shrinkable(program: Program): fc.Value<Program> {
  return new fc.Value(program, undefined);
}
