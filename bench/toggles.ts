// The stream that most groups are driven by: objects of one size, uniform.
import { Stream } from "../src/compare/bench/stream.ts";

export function toggles(live: number, size: number): Stream {
  return new Stream({ workload: "uniform", live, mix: { sizes: [size], weights: [1] }, cpus: 1 });
}
