import { describe, expect, it } from "vitest";
import { Letter, Profile } from "../../../src/abi.ts";
import { Layout } from "../../../src/slub/oracle/layout.ts";
import { isPainted, REGION_NAMES, Region, regionAt } from "../../../src/slub/oracle/region.ts";

/** The kinds of bytes of a cell in order, with their counts. */
function pieces(letters: number, size: number, isLive: boolean, profile = Profile.V61): string[] {
  const layout = new Layout();
  layout.compute({ profile, size, align: 0, letters, nrCpuIds: 1 });
  const found: { name: string; count: number }[] = [];
  for (let at = -layout.redLeftPad; at < layout.cellEnd; at++) {
    const name = REGION_NAMES[regionAt(layout, at, isLive)];
    if (found.at(-1)?.name === name) found[found.length - 1].count++;
    else found.push({ name, count: 1 });
  }
  return found.map(({ name, count }) => `${name} ${count}`);
}

const F = Letter.F;
const Z = Letter.Z;
const P = Letter.P;
const U = Letter.U;
const R = Letter.R;

describe("a cell of a slab", () => {
  it("has a region for every byte with all options", () => {
    expect(pieces(F | Z | P | U, 20, true)).toEqual([
      "left-redzone 8",
      "payload 20",
      "right-redzone 4",
      "free-pointer 8",
      "track 64",
      "padding 8",
    ]);
  });

  it("holds its free pointer inside without options, while it is free", () => {
    expect(pieces(0, 64, false)).toEqual(["payload 32", "free-pointer 8", "payload 24"]);
    expect(pieces(0, 64, true)).toEqual(["payload 64"]);
  });

  it("holds its free pointer first on 3.10", () => {
    expect(pieces(0, 64, false, Profile.V310)).toEqual(["free-pointer 8", "payload 56"]);
  });

  it("has filler instead of a red zone under P, and no padding without P", () => {
    expect(pieces(P, 20, true)).toEqual(["payload 20", "alignment 4", "free-pointer 8"]);
    expect(pieces(R, 20, true)).toEqual(["payload 20", "gap 4", "free-pointer 8"]);
  });

  it("has no red zone on the left on 3.10, and tracks of 152 bytes", () => {
    expect(pieces(F | Z | P | U, 64, true, Profile.V310)).toEqual([
      "payload 64",
      "right-redzone 8",
      "free-pointer 8",
      "track 304",
      "padding 8",
    ]);
  });
});

describe("the paint of an object", () => {
  const layout = new Layout();
  layout.compute({ profile: Profile.V61, size: 20, align: 0, letters: F | P, nrCpuIds: 1 });

  it("covers a free payload, not a live one", () => {
    expect(isPainted(layout, Region.PAYLOAD, false)).toBe(true);
    expect(isPainted(layout, Region.PAYLOAD, true)).toBe(false);
  });

  it("covers no free pointer and no track", () => {
    expect(isPainted(layout, Region.FREE_POINTER, false)).toBe(false);
    expect(isPainted(layout, Region.TRACK, false)).toBe(false);
  });

  it("needs an option", () => {
    const plain = new Layout();
    plain.compute({ profile: Profile.V61, size: 20, align: 0, letters: 0, nrCpuIds: 1 });
    expect(isPainted(plain, Region.PAYLOAD, false)).toBe(false);
    expect(isPainted(plain, Region.PADDING, false)).toBe(false);
  });
});
