import { describe, expect, it } from "vitest";
import { Digest, DigestSum, digestOfText } from "../../src/base/hash.ts";

describe("a digest", () => {
  it("keeps its known value for a known input", () => {
    expect(new Digest().hex).toBe("42809afb7c9cace1");
    expect(new Digest().word(1).word(2).hex).toBe("cbe0bdeb0a89f3c1");
    expect(digestOfText("slabfuzz")).toBe("bfe8dc8fa865b241");
  });

  it("differs where order, length or value differ", () => {
    const digests = [
      new Digest().word(1).word(2),
      new Digest().word(2).word(1),
      new Digest().word(0),
      new Digest().word(0).word(0),
      new Digest().bytes([0]),
      new Digest().bytes([0, 0]),
      new Digest().text("a"),
    ].map((digest) => digest.hex);
    expect(new Set(digests).size).toBe(digests.length);
  });

  it("takes a long as two words, the low one first", () => {
    expect(new Digest().long(0x1_0000_0002n).hex).toBe(new Digest().word(2).word(1).hex);
  });

  it("changes both halves with every bit of the input", () => {
    const base = new Digest().word(0).word(5);
    for (let bit = 0; bit < 32; bit++) {
      const other = new Digest().word(1 << bit).word(5);
      expect(other.high).not.toBe(base.high);
      expect(other.low).not.toBe(base.low);
    }
  });

  it("meets no collision among a hundred thousand short inputs", () => {
    const seen = new Set<string>();
    const digest = new Digest();
    for (let i = 0; i < 100000; i++)
      seen.add(
        digest
          .clear()
          .word(i & 255)
          .word(i >>> 8).hex,
      );
    expect(seen.size).toBe(100000);
  });
});

describe("a sum of digests", () => {
  const parts = Array.from({ length: 20 }, (_, i) => new Digest().word(i));

  it("does not depend on the order of its summands", () => {
    const forward = new DigestSum();
    const backward = new DigestSum();
    for (const part of parts) forward.add(part.high, part.low);
    for (const part of [...parts].reverse()) backward.add(part.high, part.low);
    expect(forward.hex).toBe(backward.hex);
  });

  it("is the sum of the sums of its parts", () => {
    const [whole, first, rest] = [new DigestSum(), new DigestSum(), new DigestSum()];
    for (const [i, part] of parts.entries()) {
      whole.add(part.high, part.low);
      (i < 7 ? first : rest).add(part.high, part.low);
    }
    expect(first.add(rest.high, rest.low).hex).toBe(whole.hex);
  });

  it("counts modulo 2^64", () => {
    const sum = new DigestSum().add(0xffffffff, 0xffffffff).add(0, 2);
    expect(sum.value).toBe(1n);
  });
});
