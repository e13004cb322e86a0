import { describe, expect, it } from "vitest";
import { Op } from "../../../src/abi.ts";
import { Digest } from "../../../src/base/hash.ts";
import { decode } from "../../../src/slub/program/decode.ts";
import { encode } from "../../../src/slub/program/encode.ts";
import type { ProgramImage } from "../../../src/slub/program/image.ts";
import { parseScript, printScript } from "../../../src/slub/program/text.ts";
import { BUG_NAMES } from "../../../src/target/bug_names.ts";
import { generatorFor, machineOf } from "../../helper/judge.ts";

const machine = machineOf({ profile: "v6.1", slubDebug: "FZP" });

/** The whole input of the core. */
function digestOf(image: ProgramImage): string {
  return new Digest()
    .words(image.words, 0, 4 * image.opCount)
    .bytes(image.payload.subarray(0, image.payloadSize)).hex;
}

function kindsOf(image: ProgramImage): number[] {
  return Array.from({ length: image.opCount }, (_, op) => image.words[4 * op] & 0xff);
}

describe("the same seed", () => {
  it("gives the same bytes for any case, in any order", () => {
    const forward = generatorFor(machine);
    const backward = generatorFor(machine);
    const numbers = Array.from({ length: 40 }, (_, i) => i);
    const one = numbers.map((i) => digestOf(forward.generate(i)));
    const other = numbers.reverse().map((i) => digestOf(backward.generate(i)));
    expect(other.reverse()).toEqual(one);
    expect(new Set(one).size).toBe(40);
  });

  it("gives the same bytes in all versions: case 0 of seed 7", () => {
    const generator = generatorFor(machine, ["off-by-one"]);
    const image = generator.generate(0);
    expect([generator.bug, image.opCount, generator.marks.length]).toMatchInlineSnapshot(`
      [
        "off-by-one",
        58,
        1,
      ]
    `);
    expect(digestOf(image)).toMatchInlineSnapshot(`"2bd85c3df8eb7cff"`);
  });

  it("gives other programs than another seed", () => {
    const one = generatorFor(machine, BUG_NAMES, 7).generate(0);
    const other = generatorFor(machine, BUG_NAMES, 8).generate(0);
    expect(digestOf(one)).not.toBe(digestOf(other));
  });
});

describe("a generated program", () => {
  it("is a script: printing and parsing it gives the same records", () => {
    const generator = generatorFor(machine);
    for (let i = 0; i < 60; i++) {
      const image = generator.generate(i);
      const text = printScript(decode(image, machine));
      const again = encode(parseScript(text, "case.slab"), machine);
      expect(kindsOf(again)).toEqual(kindsOf(image));
      expect(printScript(decode(again, machine))).toBe(text);
    }
  });

  it("stays within the limits of a kernel driver", () => {
    const generator = generatorFor(machine, BUG_NAMES, 3, 200);
    for (let i = 0; i < 60; i++) {
      const lines = printScript(decode(generator.generate(i), machine)).split("\n");
      const tokens = Math.max(...lines.map((line) => line.split(" ").length));
      expect(tokens).toBeLessThanOrEqual(24);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(1023);
    }
  });

  it("ends by validating, emptying and destroying every cache", () => {
    const image = generatorFor(machine, ["none"]).generate(5);
    const kinds = kindsOf(image);
    const caches = kinds.filter((kind) => kind === Op.CACHE).length;
    expect(kinds.slice(-caches)).toEqual(Array(caches).fill(Op.DESTROY));
    expect(kinds.filter((kind) => kind === Op.VALIDATE).length).toBeGreaterThanOrEqual(caches);
    expect(kinds.filter((kind) => kind === Op.SHRINK).length).toBeGreaterThanOrEqual(caches);
  });

  it("has the requested length, and a little more for its end", () => {
    const generator = generatorFor(machine, ["none"], 7, 200);
    const lengths = Array.from({ length: 50 }, (_, i) => {
      generator.generate(i);
      return generator.census;
    });
    expect(Math.max(...lengths)).toBeLessThanOrEqual(203);
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(25);
  });

  it("uses, when it is clean, every operation of the traffic sooner or later", () => {
    const generator = generatorFor(machine, ["none"]);
    const seen = new Set<number>();
    for (let i = 0; i < 100; i++) for (const kind of kindsOf(generator.generate(i))) seen.add(kind);
    for (const kind of [
      Op.ALLOC_N,
      Op.BULK_ALLOC,
      Op.FREE_N,
      Op.BULK_FREE,
      Op.KREALLOC,
      Op.KSIZE,
    ]) {
      expect(seen).toContain(kind);
    }
    for (const kind of [Op.READ, Op.WRITE, Op.FILL, Op.CTORCALLS, Op.SHRINK, Op.VALIDATE]) {
      expect(seen).toContain(kind);
    }
  });
});
