import { describe, expect, it } from "vitest";
import { Op } from "../../../src/abi.ts";
import { ROUND, Stream, sizesOf } from "../../../src/compare/bench/stream.ts";
import { BENCH_WORKLOADS } from "../../../src/compare/bench/workloads.ts";
import type { ProgramImage } from "../../../src/slub/program/image.ts";

const RECORD_WORDS = 4;

/** Plays streams, and minds what no allocator may be asked for. */
class Player {
  readonly cacheOf = new Map<number, number>();
  allocations = 0;
  frees = 0;
  readonly cpus = new Set<number>();
  /** Expecting something of each operation takes seconds: so it is done once a round. */
  readonly #mistakes: string[] = [];
  most = 0;
  least = Number.POSITIVE_INFINITY;

  play({ words, opCount }: ProgramImage): void {
    for (let i = 0; i < opCount; i++) this.#step(words.subarray(RECORD_WORDS * i));
    expect(this.#mistakes).toEqual([]);
  }

  #step([head, slots, , argument]: Uint32Array): void {
    const op = head & 0xff;
    const cache = head >>> 16;
    const slot = slots & 0xffff;
    if (op === Op.CPU) {
      this.cpus.add(argument);
    } else if (op === Op.ALLOC) {
      if (this.cacheOf.has(slot) && slot >= 4) this.#mistakes.push(`slot ${slot} is used twice`);
      this.cacheOf.set(slot, cache);
      this.allocations++;
    } else {
      if (op !== Op.FREE) this.#mistakes.push(`operation ${op}`);
      if (this.cacheOf.get(slot) !== cache) this.#mistakes.push(`slot ${slot} is not of ${cache}`);
      this.cacheOf.delete(slot);
      this.frees++;
    }
    this.most = Math.max(this.most, this.cacheOf.size);
    this.least = Math.min(this.least, this.cacheOf.size);
  }
}

describe.each(BENCH_WORKLOADS)("the workload %s", (workload) => {
  it.each(["320", "mix"])("frees all allocated objects, by the right cache (%s)", (sizes) => {
    const stream = new Stream({ workload, live: 100, mix: sizesOf(sizes), cpus: 2 });
    const player = new Player();
    stream.begin((image) => player.play(image));
    expect(player.allocations).toBe(100);
    for (let round = 0; round < 3; round++) player.play(stream.next());
    expect(player.allocations + player.frees).toBe(100 + 3 * ROUND);
    expect(stream.alive).toBe(player.cacheOf.size);
    expect(player.most).toBeLessThanOrEqual(200);
  });
});

it("each workload does what its name promises", () => {
  const played = (workload: (typeof BENCH_WORKLOADS)[number]): Player => {
    const stream = new Stream({ workload, live: 100, mix: sizesOf("320"), cpus: 2 });
    const player = new Player();
    stream.begin((image) => player.play(image));
    player.least = 100;
    player.play(stream.next());
    return player;
  };
  expect([played("grow").least, played("grow").most]).toEqual([0, 200]);
  expect([played("phases").least, played("phases").most]).toEqual([20, 200]);
  expect([played("larson").least, played("larson").most]).toEqual([99, 100]);
  expect(played("larson").cpus.size).toBe(2);
  expect(played("xmalloc").cpus.size).toBe(2);
  expect(played("uniform").cpus.size).toBe(0);
});

it("a stream keeps untouched objects among more than it has slots for", () => {
  const stream = new Stream({ workload: "uniform", live: 20_000, mix: sizesOf("64"), cpus: 1 });
  let operations = 0;
  stream.begin((image) => {
    operations += image.opCount;
  });
  expect(operations).toBe(20_000);
  expect(stream.alive).toBe(20_000);
});

it("a stream is the same when it is made twice", () => {
  const words = () => {
    const request = { workload: "uniform", live: 50, mix: sizesOf("mix"), cpus: 1 } as const;
    const stream = new Stream(request);
    stream.begin(() => {});
    return [...stream.next().words.subarray(0, RECORD_WORDS * ROUND)];
  };
  expect(words()).toEqual(words());
});
