import { beforeEach, describe, expect, it } from "vitest";
import { Profile } from "../../../src/abi.ts";
import { Layout } from "../../../src/slub/oracle/layout.ts";
import { Misplaced, NONE, SlabTable } from "../../../src/slub/oracle/slabs.ts";

const PAGE = 4096;
const BASE_PFN = 0x2000;
let slabs: SlabTable;
const small = layoutOf(64);
/** 424 bytes make a slab of two pages. */
const wide = layoutOf(424);

beforeEach(() => {
  slabs = new SlabTable(64, BASE_PFN);
});

describe("a slab", () => {
  it("becomes known by the first object that comes from it", () => {
    expect(slabs.slabAt(PAGE)).toBe(NONE);
    expect(slabs.claim(13, small, PAGE)).toBe(0);
    expect(slabs.claim(13, small, PAGE + 128)).toBe(2);
    expect([slabs.count, slabs.slabAt(PAGE + 4095)]).toEqual([1, 0]);
  });

  it("begins where blocks of its order begin, whichever object came first", () => {
    expect(slabs.claim(13, wide, 2 * PAGE + 424 * 12)).toBe(12);
    expect(slabs.base(0)).toBe(2 * PAGE);
    expect(slabs.slabAt(3 * PAGE)).toBe(0);
  });

  it("has objects at multiples of their size only", () => {
    slabs.claim(13, small, PAGE);
    slabs.occupy(0, 0, 7);
    expect(slabs.claim(13, small, PAGE + 8)).toBe(Misplaced.INTERIOR);
  });

  it("has no object behind its last one", () => {
    slabs.claim(13, wide, 2 * PAGE);
    slabs.occupy(0, 0, 7);
    expect(wide.objects).toBe(19);
    expect(slabs.claim(13, wide, 2 * PAGE + 424 * 19)).toBe(Misplaced.INTERIOR);
  });

  it("with live objects belongs to no other cache", () => {
    slabs.claim(13, small, PAGE);
    slabs.occupy(0, 0, 7);
    expect(slabs.claim(14, small, PAGE + 64)).toBe(Misplaced.OTHER_SLAB);
  });

  it("that is empty may have become another cache's", () => {
    slabs.claim(13, small, PAGE);
    expect(slabs.claim(14, small, PAGE)).toBe(small.objects);
    expect([slabs.isGone(0), slabs.slabAt(PAGE)]).toEqual([true, 1]);
  });

  it("is forgotten with everything else", () => {
    slabs.claim(13, small, PAGE);
    slabs.clear();
    expect([slabs.count, slabs.cellCount, slabs.slabAt(PAGE)]).toEqual([0, 0, NONE]);
  });
});

function layoutOf(size: number): Layout {
  const layout = new Layout();
  layout.compute({ profile: Profile.V61, size, align: 0, letters: 0, nrCpuIds: 1 });
  return layout;
}
