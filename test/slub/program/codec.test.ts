import { describe, expect, it } from "vitest";
import { Letter, Op, SLOT_MAX } from "../../../src/abi.ts";
import { resolveMachine } from "../../../src/slub/program/boot.ts";
import { decode } from "../../../src/slub/program/decode.ts";
import { encode } from "../../../src/slub/program/encode.ts";
import { ProgramImage } from "../../../src/slub/program/image.ts";
import { parseScript, printScript } from "../../../src/slub/program/text.ts";
import { EVERY_OP } from "./every_op.ts";

const program = parseScript(EVERY_OP, "every.slab");
const machine = resolveMachine(program.header);

/** What of an image the core sees. */
function bytesOf(image: ProgramImage) {
  const { opCount, payloadSize } = image;
  return {
    words: [...image.words.subarray(0, 4 * opCount)],
    payload: [...image.payload.subarray(0, payloadSize)],
    addresses: image.addressSlots,
  };
}

function record(image: ProgramImage, index: number): readonly number[] {
  return [...image.words.subarray(4 * index, 4 * index + 4)];
}

function encoded(text: string): ProgramImage {
  return encode(parseScript(text, "x.slab"), machine);
}

describe("the program with every operation", () => {
  const image = encode(program, machine);

  it("has one record for each operation", () => {
    expect(image.opCount).toBe(program.ops.length);
  });

  it("encoded, decoded and encoded again is the same bytes", () => {
    expect(bytesOf(encode(decode(image, machine), machine))).toEqual(bytesOf(image));
  });

  it("decoded is a script that can be printed and read", () => {
    const text = printScript(decode(image, machine, ["case 1"]));
    expect(printScript(parseScript(text, "again"))).toBe(text);
  });

  it("decodes to what was written, except for offsets that were added up", () => {
    const lines = printScript(decode(image, machine)).split("\n");
    const own = EVERY_OP.split("\n");
    const changed = own.filter((line) => !line.startsWith("#") && !lines.includes(line));
    expect(changed).toEqual([
      "freen b 14 p",
      "bulkfree b q0 q1+8 nowhere glob-8 0xffff888036000000",
      "bulkfreen b 4 q",
      "fill a0+312 0 8 cc",
    ]);
    expect(lines).toContain("freen b 12 p");
    expect(lines).toContain("bulkfree b q0 q1+8 glob-8 0xffff888036000000");
    expect(lines).toContain("bulkfreen b 3 q");
    expect(lines).toContain("fill a0 312 8 cc");
  });
});

describe("a record", () => {
  it("of a cache carries both kinds of letters, and the length of the name", () => {
    const image = encode(parseScript("cache c 64 8 ZKM ctor", "x"), {
      ...machine,
      slubDebug: resolveMachine({ boot: "up slub_debug=FP" }).slubDebug,
    });
    const letters = Letter.Z | Letter.K | Letter.CTOR;
    const both = letters | ((Letter.F | Letter.P) << 16);
    expect(record(image, 0)).toEqual([Op.CACHE | ("c".length << 8), both, 64, 8]);
  });

  it("of a free adds the target's displacement and the offset, and names the caller", () => {
    const image = encoded("cache c 64 0 -\nalloc c p\nfreeoff c p-8 -16\nfree c p-24");
    const byOffset = 1 << 8;
    expect(record(image, 2)).toEqual([Op.FREE | byOffset, 3, -24 >>> 0, 0]);
    expect(record(image, 3)).toEqual([Op.FREE, 3, -24 >>> 0, 0]);
  });

  it("of a list points at its targets, aligned in the payload", () => {
    const image = encoded("cache c 64 0 -\nalloc c p\nwrite p 0 aabbcc\nbulkfree c p p-8");
    expect(record(image, 3)).toEqual([Op.BULK_FREE, 2 << 16, 0, 8]);
    expect([...image.payload.subarray(0, 24)]).toEqual([
      0xaa, 0xbb, 0xcc, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0xf8, 0xff, 0xff, 0xff,
    ]);
  });

  it("of a host operation is a NOP for the core", () => {
    const image = encoded("cache c 64 0 -\ngeometry c\ninfo");
    expect(record(image, 1)[0] & 0xff).toBe(Op.NOP);
  });

  it("names an address by a slot that holds it from the start", () => {
    const image = encoded("rptr 0xffff888036000010 0\nrptr 0xffff888036000010 8");
    expect(image.addressSlots).toEqual([{ slot: 3, high: 0xffff8880, low: 0x36000010 }]);
    expect(record(image, 1)).toEqual([Op.RPTR, 3, 8, 0]);
  });
});

describe("a row of slots", () => {
  it("loses its unfilled slots in freen and bulkfree", () => {
    const image = encoded("cache c 64 0 -\nalloc c p1\nfreen c 3 p\nbulkfree c x p1 y");
    expect(record(image, 2)[1] >>> 16).toBe(1);
    expect(record(image, 3)[1] >>> 16).toBe(1);
  });

  it("is separated from another row by the digits of its prefix", () => {
    const image = encoded("cache c 64 0 -\nallocn c 3 p1\nfreen c 3 p1\nfreen c 12 p");
    const texts = printScript(decode(image, machine));
    expect(texts).toContain("allocn c 3 p1\nfreen c 3 p1\nfreen c 12 p\n");
  });
});

describe("an operation that the machine cannot do", () => {
  it.each([
    ["cpu 2", "x.slab:1: no CPU 2: this machine has 2"],
    ["info\nnextpfn 35fff", "x.slab:2: page frame 0x35fff lies outside of the RAM"],
    ["region r 0xffff888036000ff0 64", "x.slab:1: the region overlaps the RAM"],
    ["region r 0xffffea0000d80000 64", "x.slab:1: the region overlaps the page structures"],
    ["region r 0xffffffff817c7ff8 64", "x.slab:1: the region overlaps glob"],
    ["region r 0xfffffffffffffff0 64", "x.slab:1: the region runs over the end of memory"],
    ["rptr glob+0x7fffffff 1", "x.slab:1: the offsets add up to too much"],
    [Array.from({ length: 257 }, (_, i) => `cache c${i} 8 0 -`).join("\n"), "x.slab:257: more"],
    ["cache c 8 0 -\nallocn c 16384 p", `x.slab:2: a program has at most ${SLOT_MAX} slots`],
  ])("is refused with its place: %s", (text, message) => {
    expect(() => encoded(text)).toThrow(message);
  });
});

describe("a program without names", () => {
  const image = new ProgramImage();
  const cache = image.newName();
  const [p, q] = [image.newSlot(), image.newSlot()];
  const row = image.newSlots(3);
  image.cache(cache, 64, 0, Letter.NOLEAKTRACE | Letter.F, 0);
  image.alloc(cache, p, true);
  image.bulkAlloc(cache, row, 3);
  image.put({ code: Op.SLOT, aux: 0, name: 0, slot: q, slot2: p, offset: 0, arg: 8 });
  image.write(p, -8, [0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11]);
  image.freeN(cache, row, 3);

  it("is decoded with names made up", () => {
    const { ops } = decode(image, machine);
    expect(printScript({ header: { comments: [] }, ops })).toBe(
      [
        "cache c0 64 0 F",
        "alloc c0 p0 z",
        "bulkalloc c0 3 b2_",
        "slot p1 p0+8",
        "write p0 -8 8877665544332211",
        "freen c0 3 b2_",
        "",
      ].join("\n"),
    );
  });

  it("is the same bytes once it was encoded from the decoded form", () => {
    // Slots are numbered in the order in which they are filled.
    const again = encode(decode(image, machine), machine);
    expect(bytesOf(encode(decode(again, machine), machine))).toEqual(bytesOf(again));
  });
});

describe("an image", () => {
  it("grows with what is written, and keeps its memory when it is cleared", () => {
    const image = new ProgramImage();
    for (let i = 0; i < 5000; i++) image.write(3, i, [i & 255, 1, 2]);
    expect([image.opCount, image.payloadSize]).toEqual([5000, 15000]);
    expect(record(image, 4999)).toEqual([Op.WRITE, 3 | (3 << 16), 4999, 14997]);
    const room = image.words.length;
    image.clear();
    expect([image.opCount, image.payloadSize, image.words.length]).toEqual([0, 0, room]);
  });

  it("holds no trace of its earlier content", () => {
    const build = (image: ProgramImage) => {
      image.clear();
      image.write(3, 0, [1]);
      image.allocN(0, 3, 2);
      return bytesOf(image);
    };
    const used = new ProgramImage();
    used.write(3, 0, new Uint8Array(100).fill(0xff));
    expect(build(used)).toEqual(build(new ProgramImage()));
  });

  it("tells the index of each written operation", () => {
    const image = new ProgramImage();
    expect([image.scrub(), image.nextPfn(5), image.listDel(3)]).toEqual([0, 1, 2]);
  });

  it("refuses more operations than the core takes", () => {
    const image = new ProgramImage();
    for (let i = 0; i < 65536; i++) image.scrub();
    expect(() => image.scrub()).toThrow("a program has at most 65536 operations");
  });

  it("refuses more data than the core takes", () => {
    const image = new ProgramImage();
    const bytes = new Uint8Array(65535);
    expect(() => {
      for (let i = 0; i < 17; i++) image.write(3, 0, bytes);
    }).toThrow("a program's data takes at most 1048576 bytes");
  });
});
