// Verdicts by the text of real kernels, without a kernel: all recordings.
import { expect, it } from "vitest";
import { SlabHeap } from "../../src/slub/core/heap.ts";
import { recordedVerdicts } from "./recorded_verdicts.ts";

it.each(["v6.1", "v6.12", "v7.3"] as const)(
  "a verdict from any recorded text of %s is the core's",
  (kernel) => {
    const pairs = recordedVerdicts(kernel, new SlabHeap(), () => true);
    expect(pairs.length).toBeGreaterThan(100);
    for (const { name, text, core } of pairs) expect(text, name).toEqual(core);
  },
);
