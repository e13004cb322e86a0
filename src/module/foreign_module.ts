// Foreign modules, and what was measured of each: once, on a thread, for as long as the process
// lives.
import type { ForeignModule } from "./engine.ts";
import { type ForeignChoice, loadForeign } from "./load/load.ts";
import type { Probe } from "./question.ts";

/** By build. */
const probes = new Map<string, Probe>();

export function probeOf(choice: ForeignChoice): Probe | undefined {
  return probes.get(loadForeign(choice).build);
}

export function keepProbe(choice: ForeignChoice, probe: Probe): void {
  probes.set(loadForeign(choice).build, probe);
}

/** What a thread gets of a module; the capacity is there once somebody has measured it. */
export function moduleOf(choice: ForeignChoice): ForeignModule {
  const { module, plan } = loadForeign(choice);
  return { module, plan, capacity: probeOf(choice)?.capacity };
}
