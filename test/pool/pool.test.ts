// A pool with a worker that makes each mistake that a worker can make, and the same jobs without
// the mistakes: a slow job, or a job without processor time, is not lost.
import { afterEach, describe, expect, it } from "vitest";
import { Pool, type PoolRequest } from "../../src/pool/pool.ts";
import type { PlantedJobs } from "./planted_jobs.ts";

const WORKER = new URL("planted_worker.js", import.meta.url).href;
const FILE = { beside: WORKER, name: "planted_worker", input: undefined };
/** CPU time between two heartbeats. */
const LIMIT_MS = 300;

const opened: Pool<PlantedJobs>[] = [];

function openPool(request: Partial<PoolRequest> = {}): Pool<PlantedJobs> {
  const pool = new Pool<PlantedJobs>({ file: FILE, size: 1, limitMs: LIMIT_MS, ...request });
  opened.push(pool);
  return pool;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((pool) => pool.close()));
});

/** With the thread's own CPU time, and with its share of the process's. */
const CLOCKS = [
  ["by the CPU time of its thread", undefined],
  ["by its share of the CPU time of the process", { threadMs: () => undefined }],
] as const;

describe.each(CLOCKS)("a pool that watches a job %s", (_, bounds) => {
  it("loses an endless job as hung, at the part where it loops", async () => {
    const outcome = await openPool({ bounds }).tryOnce("loop", 3);
    expect(outcome).toMatchObject({ kind: "lost", how: "hung", index: 3, isConfirmed: false });
  });

  it("confirms that a job hangs by trying it once more", async () => {
    const pool = openPool({ bounds });
    const outcome = await pool.run("loop", 3);
    expect(outcome).toMatchObject({ kind: "lost", how: "hung", index: 3, isConfirmed: true });
    expect(pool.replaced).toBe(2);
  });

  it("keeps a job that takes many times its limit, and beats", async () => {
    const job = { cpuMs: 4 * LIMIT_MS, parts: 16 };
    expect(await openPool({ bounds }).tryOnce("burn", job)).toMatchObject({ answer: "burnt" });
  });
});

/** The share of the process's CPU time cannot tell: other threads of the process may be busy. */
it("a pool loses a job that sleeps for ever, and reports no finding", async () => {
  const outcome = await openPool({ bounds: { stillMs: 1500 } }).run("sleep", 5);
  expect(outcome).toMatchObject({ kind: "lost", how: "hung", index: 5, isConfirmed: false });
});

describe("a job that dies", () => {
  it("with an exception is lost as died, with the exception's words", async () => {
    const outcome = await openPool().tryOnce("die", 7);
    expect(outcome).toMatchObject({ how: "died", index: 7, reason: "planted death" });
  });

  it("with its thread is lost as died", async () => {
    expect(await openPool().run("leave", 0)).toMatchObject({ how: "died", isConfirmed: true });
  });

  it("costs its worker, and the next job has another one", async () => {
    const pool = openPool();
    await pool.tryOnce("die", 0);
    expect(await pool.run("double", 4)).toEqual({ kind: "done", answer: 8 });
    expect(pool.replaced).toBe(1);
  });
});

describe("a lost job", () => {
  it("is tried once more, and the second answer counts", async () => {
    const outcome = await openPool().run("failOnce", new SharedArrayBuffer(4));
    expect(outcome).toEqual({ kind: "done", answer: "the second time" });
  });

  it("is tried once more alone, without other workers beside it", async () => {
    const pool = openPool({ size: 3 });
    const atWork = new SharedArrayBuffer(4);
    const others = Array.from({ length: 6 }, () => pool.run("count", atWork));
    const alone = pool.tryOnce("count", atWork, { isAlone: true });
    // Enough of them to be at work still when the fresh thread of the job is ready.
    const later = Array.from({ length: 20 }, () => pool.run("count", atWork));
    expect(await alone).toEqual({ kind: "done", answer: 0 });
    await Promise.all([...others, ...later]);
  });

  it("leaves the results of the others as they are", async () => {
    const pool = openPool({ size: 2 });
    const outcomes = await pool.map([1, 2, 3, 4], (number) =>
      number === 3 ? pool.run("die", 0) : pool.run("double", number),
    );
    expect(outcomes.map(({ kind }) => kind)).toEqual(["done", "done", "lost", "done"]);
  });
});

describe("a list of jobs", () => {
  it.each([1, 3])("for %d workers is done once each, with results in order", async (size) => {
    const pool = openPool({ size });
    const numbers = Array.from({ length: 40 }, (_, i) => i);
    const begun: number[] = [];
    const results = await pool.map(numbers, async (number) => {
      begun.push(number);
      const cpuMs = number % 7 === 0 ? 30 : 0;
      await pool.run("burn", { cpuMs, parts: 1 });
      return (await pool.run("double", number)) as { answer: number };
    });
    expect(begun.sort((one, other) => one - other)).toEqual(numbers);
    expect(results.map(({ answer }) => answer)).toEqual(numbers.map((number) => 2 * number));
  });

  it("stops at a signal, with the results up to then", async () => {
    const stop = new AbortController();
    const pool = openPool();
    const work = async (number: number): Promise<number> => {
      if (number === 2) stop.abort();
      return number;
    };
    expect(await pool.map([1, 2, 3, 4], work, stop.signal)).toEqual([1, 2]);
  });

  it("fails as a whole after a mistake of the pool's user", async () => {
    const pool = openPool({ size: 2 });
    const work = async (number: number): Promise<void> => {
      if (number === 2) throw new Error("ours");
    };
    await expect(pool.map([1, 2, 3], work)).rejects.toThrow("ours");
  });
});

it("a closed pool starts no thread for a job that it cuts short", async () => {
  const pool = openPool();
  const outcome = pool.run("loop", 0);
  await pool.close();
  expect(await outcome).toMatchObject({ kind: "lost", how: "died" });
});

describe("a worker that rested", () => {
  /** A pool that goes on with the worker of another one, which has done a job. */
  async function goOn(): Promise<Pool<PlantedJobs>> {
    const pool = openPool({ size: 2 });
    expect(await pool.tryOnce("before", undefined)).toMatchObject({ answer: 0 });
    return openPool({ size: 2, rested: await pool.closeBut() });
  }

  it("does the first job of another pool in the thread that it had", async () => {
    expect(await (await goOn()).tryOnce("before", undefined)).toMatchObject({ answer: 1 });
  });

  it("gets a fresh thread where a job is to be alone", async () => {
    const job = (await goOn()).tryOnce("before", undefined, { isAlone: true });
    expect(await job).toMatchObject({ answer: 0 });
  });

  it("is replaced when it hangs", async () => {
    const pool = await goOn();
    expect(await pool.tryOnce("loop", 0)).toMatchObject({ how: "hung" });
    expect(await pool.run("double", 3)).toMatchObject({ answer: 6 });
  });
});
