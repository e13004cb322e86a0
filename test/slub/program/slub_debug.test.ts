import { describe, expect, it } from "vitest";
import { Letter } from "../../../src/abi.ts";
import { debugLettersFor, parseSlubDebug } from "../../../src/slub/program/boot_line.ts";
import type { ProfileName } from "../../../src/slub/program/op.ts";

const F = Letter.F;
const Z = Letter.Z;
const P = Letter.P;
const U = Letter.U;
const T = Letter.T;
const FZPU = F | Z | P | U;

function lettersFor(
  profile: ProfileName,
  value: string | undefined,
  name: string,
  own = 0,
): number {
  return debugLettersFor(profile, parseSlubDebug(profile, value), name, own);
}

describe.each(["v3.10", "v6.1", "v6.12"] as const)("the parameter slub_debug on %s", (profile) => {
  it.each([
    [undefined, FZPU],
    ["", FZPU],
    ["FZP", F | Z | P],
    ["fzt", F | Z | T],
    ["A", 0],
    ["-", 0],
  ])("reaches every cache with the value %s", (value, letters) => {
    expect(lettersFor(profile, value, "any")).toBe(letters);
  });

  it("with one name reaches that cache alone", () => {
    expect(lettersFor(profile, "FZ,kmalloc-64", "kmalloc-64")).toBe(F | Z);
    expect(lettersFor(profile, "FZ,kmalloc-64", "kmalloc-128")).toBe(0);
    expect(lettersFor(profile, ",kmalloc-64", "kmalloc-64")).toBe(FZPU);
  });

  it("tells which letters no kernel knows", () => {
    expect(parseSlubDebug(profile, "FxZ").unknown).toBe("x");
    expect(lettersFor(profile, "FxZ", "any")).toBe(F | Z);
  });
});

describe("the parameter slub_debug of 3.10", () => {
  it("takes the name as the beginning of names", () => {
    const names = ["kmalloc-1", "kmalloc-16", "kmalloc-1024", "kmalloc-64"];
    expect(names.map((name) => lettersFor("v3.10", "Z,kmalloc-1", name))).toEqual([Z, Z, Z, 0]);
  });

  it.each(["FZPU,kmalloc-64;FZPU,kmalloc-128", "FZPU,kmalloc-64,kmalloc-128", "FZPU,kmalloc*"])(
    "knows no lists: %s matches no cache",
    (value) => {
      expect(lettersFor("v3.10", value, "kmalloc-64")).toBe(0);
      expect(lettersFor("v3.10", value, "kmalloc-128")).toBe(0);
    },
  );

  it("treats - as everything off only where it comes first", () => {
    expect(lettersFor("v3.10", "-FZ", "any")).toBe(0);
    expect(lettersFor("v3.10", "F-Z", "any")).toBe(F | Z);
    expect(parseSlubDebug("v3.10", "F-Z").unknown).toBe("-");
  });

  it("treats O as all debugging that does not raise the order, and ignores the rest", () => {
    expect(lettersFor("v3.10", "OF,kmalloc", "any")).toBe(FZPU | Letter.ORDER_GUARD);
    expect(parseSlubDebug("v3.10", "FO").unknown).toBe("O");
  });

  it("gives a global U to caches with SLAB_NOLEAKTRACE, too", () => {
    expect(lettersFor("v3.10", "FZPU", "c", Letter.NOLEAKTRACE)).toBe(FZPU);
  });
});

describe("the parameter slub_debug of 6.x", () => {
  it("matches whole names, and with * their beginnings", () => {
    const value = "Z,kmalloc-1,dent*;P,in*de";
    const names = ["kmalloc-1", "kmalloc-16", "dentry", "dent", "inode", "index", "xkmalloc-1"];
    const letters = names.map((name) => lettersFor("v6.1", value, name));
    expect(letters).toEqual([Z, 0, Z, Z, P, P, 0]);
  });

  it("lets the first list with the name decide alone", () => {
    expect(lettersFor("v6.1", "F;Z,a,b;P,b", "b")).toBe(Z);
    expect(lettersFor("v6.1", "F;Z,a,b;P,b", "c")).toBe(F);
  });

  it("takes the last block without a list for all other caches, and skips empty ones", () => {
    expect(lettersFor("v6.1", ";F;;Z,a;P;", "c")).toBe(P);
  });

  it("reverses with - what stands before it in the block", () => {
    expect(lettersFor("v6.1", "FZ-P", "c")).toBe(P);
    expect(lettersFor("v6.1", "FZ-,c;U", "c")).toBe(0);
  });

  it("knows O among other letters, for every cache", () => {
    const guard = Letter.ORDER_GUARD;
    expect(lettersFor("v6.1", "ZO,a;F", "a")).toBe(Z | guard);
    expect(lettersFor("v6.1", "ZO,a;F", "b")).toBe(F | guard);
    expect(lettersFor("v6.1", "O", "b")).toBe(guard);
  });

  it("spares caches with SLAB_NOLEAKTRACE a global U, but not a list that names them", () => {
    expect(lettersFor("v6.1", "FZPU", "c", Letter.NOLEAKTRACE)).toBe(F | Z | P);
    expect(lettersFor("v6.1", "FZPU", "c")).toBe(FZPU);
    expect(lettersFor("v6.1", "FZPU,c", "c", Letter.NOLEAKTRACE)).toBe(FZPU);
  });
});
