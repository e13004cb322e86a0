import { describe, expect, it } from "vitest";
import { Prng, randomU32 } from "../../src/base/prng.ts";

const SEED = { high: 0x01234567, low: 0x89abcdef };

function draws(count: number, seed = SEED, stream = 0): number[] {
  const prng = new Prng(seed, stream);
  return Array.from({ length: count }, () => prng.next());
}

describe("the generator", () => {
  it("draws the same numbers in every version", () => {
    expect(draws(6)).toEqual(NOREG.first);
    expect(draws(3, { high: 0, low: 0 })).toEqual(NOREG.zeroSeed);
    expect(draws(3, { high: 0xffffffff, low: 0xffffffff }, 0xffffffff)).toEqual(NOREG.allOnes);
  });

  it("draws a number by its position as it draws it in a row", () => {
    const row = draws(1000, SEED, 7);
    expect(row.map((_, counter) => randomU32(SEED, 7, counter))).toEqual(row);
  });

  it("begins anew where it is started", () => {
    const prng = new Prng(SEED, 3);
    const first = [prng.next(), prng.next()];
    prng.start(SEED, 4);
    expect([prng.next(), prng.next()]).toEqual(draws(2, SEED, 4));
    prng.start(SEED, 3);
    expect([prng.next(), prng.next()]).toEqual(first);
    expect(prng.counter).toBe(2);
  });

  it("draws different numbers for different seeds and streams", () => {
    const seeds = [SEED, { ...SEED, low: SEED.low + 1 }, { ...SEED, high: SEED.high + 1 }];
    const firsts = seeds.flatMap((seed) => [0, 1, 2].map((s) => draws(4, seed, s).join()));
    expect(new Set(firsts).size).toBe(9);
  });

  it("repeats no number within a stream", () => {
    expect(new Set(draws(100000)).size).toBe(100000);
  });
});

describe("the distribution of drawn numbers", () => {
  it("has each bit set half of the time", () => {
    const count = 65536;
    const row = draws(count, SEED, 11);
    for (let bit = 0; bit < 32; bit++) {
      const ones = row.filter((value) => (value >>> bit) & 1).length;
      // Five standard deviations of a binomial of that length.
      expect(Math.abs(ones - count / 2)).toBeLessThan(5 * Math.sqrt(count / 4));
    }
  });

  it("differs in half of the bits from one stream to the next", () => {
    const count = 4096;
    let changed = 0;
    for (let stream = 0; stream < count; stream++) {
      changed += bitsOf(randomU32(SEED, stream, 0) ^ randomU32(SEED, stream + 1, 0));
    }
    expect(Math.abs(changed / count - 16)).toBeLessThan(0.25);
  });

  it("fills 64 bins evenly, by the low bits and by the high bits", () => {
    for (const bin of [(v: number) => v & 63, (v: number) => v >>> 26]) {
      const bins = new Array(64).fill(0);
      for (const value of draws(64000, SEED, 5)) bins[bin(value)]++;
      const chiSquare = bins.reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0);
      // The 99.99 % point of chi-square with 63 degrees of freedom.
      expect(chiSquare).toBeLessThan(112);
    }
  });

  it("has no carry from one draw to the next", () => {
    const row = draws(50001, SEED, 9).map((value) => value / 2 ** 32 - 0.5);
    const products = row.slice(1).map((value, i) => value * row[i]);
    const correlation = products.reduce((sum, p) => sum + p, 0) / products.length / (1 / 12);
    expect(Math.abs(correlation)).toBeLessThan(0.02);
  });
});

describe("the generator's", () => {
  it("below() stays below its limit, and reaches both ends", () => {
    const prng = new Prng(SEED, 1);
    const seen = new Set(Array.from({ length: 500 }, () => prng.below(5)));
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4]);
    expect(prng.below(1)).toBe(0);
    expect(prng.below(2 ** 32)).toBeLessThan(2 ** 32);
  });

  it("between() includes both ends", () => {
    const prng = new Prng(SEED, 2);
    const seen = new Set(Array.from({ length: 300 }, () => prng.between(-1, 1)));
    expect([...seen].sort((a, b) => a - b)).toEqual([-1, 0, 1]);
  });

  it("weighted() never takes a weight of 0, and keeps the others in proportion", () => {
    const prng = new Prng(SEED, 3);
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 40000; i++) counts[prng.weighted([1, 0, 3, 0])]++;
    expect(counts[1] + counts[3]).toBe(0);
    expect(Math.abs(counts[2] / counts[0] - 3)).toBeLessThan(0.15);
  });

  it("oneIn() and pick() keep their odds", () => {
    const prng = new Prng(SEED, 4);
    const rate = (draw: () => boolean) =>
      Array.from({ length: 20000 }, draw).filter(Boolean).length / 20000;
    expect(rate(() => prng.oneIn(10))).toBeCloseTo(0.1, 1);
    expect(rate(() => prng.pick("ab") === "a")).toBeCloseTo(0.5, 1);
    expect(prng.oneIn(1)).toBe(true);
  });
});

const NOREG = {
  first: [2799066184, 452377546, 2468148593, 117551693, 684207067, 3233744212],
  zeroSeed: [1828420681, 3375665969, 2075990651],
  allOnes: [2875593730, 3317889179, 2303147795],
};

function bitsOf(value: number): number {
  let bits = 0;
  for (let rest = value >>> 0; rest !== 0; rest >>>= 1) bits += rest & 1;
  return bits;
}
