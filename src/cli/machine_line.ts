// The machine that slabfuzz runs on, in a line for people.
import { availableParallelism, cpus } from "node:os";

/** `2 x AMD EPYC, Node v20.20.2, linux`. */
export function hostLine(): string {
  const model = cpus()[0]?.model.trim() ?? "unknown processor";
  return `${availableParallelism()} x ${model}, Node ${process.version}, ${process.platform}`;
}
