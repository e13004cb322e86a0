// A mutant whose worker is lost, although a budget ends the loops inside the mutant.
import { expect, it } from "vitest";
import type { Mutant } from "../../../src/checks/mutate/mutant.ts";
import { tryMutant } from "../../../src/checks/mutate/mutate.ts";
import type { MutateJobs } from "../../../src/checks/mutate/protocol.ts";
import type { LostJob } from "../../../src/pool/job.ts";
import type { Pool } from "../../../src/pool/pool.ts";

const mutant = { id: "m1" } as Mutant;
const walk = { reachOf: () => [] };

it.each(["hung", "died"] as const)(
  "a mutant whose worker %s has failed, and does not count as killed",
  async (how) => {
    const lost: LostJob = {
      ...{ kind: "lost", how, index: 0, reason: "because", isConfirmed: true, stoodStill: false },
    };
    const pool = { run: async () => lost } as unknown as Pool<MutateJobs>;
    const result = await tryMutant(pool, walk, mutant);
    expect(result).toMatchObject({
      id: "m1",
      state: "failed",
      stumble: `the worker ${how}: because`,
    });
  },
);
