// Script programs written to try the kernels: short, with many kinds of operations, odd caches, and
// damage wherever a kernel keeps something: red zones, free pointers, tracks, padding, slab tails.
// What reaches too far is left out later, by fair.ts.
import type { Prng } from "../../src/base/prng.ts";
import type { Machine } from "../../src/slub/program/machine.ts";
import { DENSE_KINDS, type Kind } from "./dense_kinds.ts";
import { Sketch } from "./sketch.ts";

/** How often a program does damage; 0 for a clean one. */
const DAMAGE_RATES = [0, 0, 0.05, 0.15, 0.35];
const LENGTHS = [12, 25, 25, 40, 60, 90, 160];

/** The lines of a program. */
export function denseProgram(prng: Prng, machine: Machine): string[] {
  const sketch = new Sketch(prng, machine);
  const damageRate = prng.pick(DAMAGE_RATES);
  const weights = DENSE_KINDS.map((kind) => drawWeight(kind, prng, damageRate));
  sketch.add("scrub");
  for (let count = prng.between(1, 3); count > 0; count--) sketch.addCache();
  const length = prng.pick(LENGTHS);
  while (sketch.lines.length < length) DENSE_KINDS[prng.weighted(weights)].add(sketch);
  addEnding(sketch);
  return sketch.lines;
}

/** Some kinds are switched off altogether, so that different programs go to different places. */
function drawWeight({ weight, isDamage, isBasic }: Kind, prng: Prng, damageRate: number): number {
  if (isDamage) return prng.oneIn(3) ? 0 : weight * damageRate * 4;
  if (!isBasic && prng.oneIn(4)) return 0;
  return weight * (0.5 + prng.below(256) / 128);
}

/** Looks at everything once more, and gives it back. */
function addEnding(sketch: Sketch): void {
  const { prng } = sketch;
  for (const cache of sketch.caches) {
    sketch.add(`list ${cache.name}`);
    if (prng.oneIn(2)) sketch.add(`validate ${cache.name}`);
    const inOrder = prng.oneIn(2);
    while (cache.held.length > 0) {
      const slot = cache.held.splice(inOrder ? 0 : prng.below(cache.held.length), 1)[0];
      sketch.add(`free ${cache.name} ${slot}`);
    }
    sketch.add(`${prng.oneIn(2) ? "list" : "state"} ${cache.name}`);
    if (prng.oneIn(2)) sketch.add(`shrink ${cache.name}`);
    if (cache.ctor) sketch.add("ctorcalls");
    sketch.add(`destroy ${cache.name}`);
  }
}
