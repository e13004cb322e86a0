// The page allocator hands out no page twice when `nextpfn` wants one from inside a free block.
import { expect, it } from "vitest";
import { OP_SIZE, Op } from "../../../src/abi.ts";
import { runScript } from "../../helper/heap.ts";

const FRAME = 0x3fec0;
const HEADER = `# profile: v3.10
# phys: 0x3fe00 2048
`;
/** A slab of 8 pages at FRAME, given back. */
const FREED_BLOCK = `${HEADER}cache big 4096 0 -
nextpfn ${FRAME.toString(16)}
alloc big a
free big a
destroy big
`;
const DIRECT_MAP = 0xffff880000000000n;

function addressOfFrame(frame: number): bigint {
  return DIRECT_MAP + BigInt(frame) * 4096n;
}

/** What the operations with these names returned, in order. */
function valuesOf(script: string, op: Op): readonly bigint[] {
  const { heap, ran } = runScript(script);
  const records = heap.views.u32.subarray(heap.areas.program >>> 2);
  const places = Array.from({ length: ran }, (_, i) => i);
  const wanted = places.filter((i) => (records[(OP_SIZE / 4) * i] & 0xff) === op);
  return wanted.map((i) => heap.value(i));
}

it("a page from the middle of a free block is cut out of it", () => {
  const inTheMiddle = FRAME + 5;
  const script = `${FREED_BLOCK}cache small 64 0 -
nextpfn ${inTheMiddle.toString(16)}
alloc small x
cache big 4096 0 -
nextpfn ${FRAME.toString(16)}
alloc big y
`;
  const [first, small, big] = valuesOf(script, Op.ALLOC);
  expect(first).toBe(addressOfFrame(FRAME));
  expect(small).toBe(addressOfFrame(inTheMiddle));
  expect(big).not.toBe(addressOfFrame(FRAME)); // the block is in parts, and one is in use
});

it("the rest of the block is handed out in parts", () => {
  const takes = Array.from({ length: 8 }, (_, i) => `kmalloc 16384 p${i}`); // four pages each
  const script = `${FREED_BLOCK}nextpfn ${(FRAME + 4).toString(16)}\n${takes.join("\n")}\n`;
  const blocks = valuesOf(script, Op.KMALLOC);
  expect(blocks[0]).toBe(addressOfFrame(FRAME + 4));
  expect(blocks[1]).toBe(addressOfFrame(FRAME));
  expect(new Set(blocks).size).toBe(takes.length);
});
