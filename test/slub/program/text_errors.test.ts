import { describe, expect, it } from "vitest";
import { UserError } from "../../../src/base/user_error.ts";
import { parseScript } from "../../../src/slub/program/text.ts";

const PRELUDE = "cache c 64 0 -\nalloc c p\nregion r 0xffffc90005000000 64\n";

function complaint(line: string): string {
  try {
    parseScript(`${PRELUDE}${line}\n`, "bad.slab");
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as UserError).message;
  }
  return "none";
}

describe("a malformed line", () => {
  it.each([
    ["allocate c p", 'unknown operation "allocate" (did you mean alloc?)'],
    ["alloc c", "usage: alloc NAME SLOT [z]"],
    ["alloc c q z z", "usage: alloc NAME SLOT [z]"],
    ["alloc c q y", '"y" instead of z'],
    ["info now", "usage: info"],
    ["bulkfree c", "usage: bulkfree NAME TARGET..."],
    ["alloc d q", 'no cache "d"'],
    ["free c q", 'no slot "q"'],
    ["free c q+8", 'no slot "q"'],
    ["cmp p q", 'no slot "q"'],
    ["cache d 0 0 -", "a size of 0 is out of range"],
    ["cache d 0x80000000 0 -", "a size of 2147483648 is out of range"],
    ["cache d 12x 0 -", '"12x" is not a number'],
    ["cache d 08 0 -", '"08" is not a number'],
    ["cache d -1 0 -", '"-1" is not a number'],
    ["cache d 64 0 Q", '"Q" are not cache flags (- or FZPUTHRKADMNO)'],
    ["cache d 64 0 - const", '"const" instead of ctor'],
    ["cache d\x01 64 0 -", "holds the character \\x01, which is invisible"],
    ["geomtsv 64 0 - 2", '"2" instead of 0 or 1'],
    ["read p 0 65537", "65537 is more than 65536"],
    ["read p 1e3 4", '"1e3" is not an offset'],
    ["read p 4294967296 4", "offset 4294967296 is too large"],
    ["free c p+", '"p+" is not a place (SLOT, SLOT+N, SLOT-N or 0xHEX)'],
    ["free c p+-8", '"p+-8" is not a place (SLOT, SLOT+N, SLOT-N or 0xHEX)'],
    ["free c p+8+8", '"p+8+8" is not a place (SLOT, SLOT+N, SLOT-N or 0xHEX)'],
    ["free c 0x", '"0x" is not an address'],
    ["free c 0x10+8", '"0x10+8" is not an address'],
    ["write p 0 123", '"123" is not an even number of hex digits'],
    ["write p 0 0x12", '"0x12" is not an even number of hex digits'],
    ["fill p 0 8 1", '"1" is not a byte (00 to ff)'],
    ["fill p 0 8 100", '"100" is not a byte (00 to ff)'],
    ["alloc c glob", '"glob" cannot name a slot'],
    ["alloc c 0x1", '"0x1" cannot name a slot'],
    ["alloc c a+b", '"a+b" cannot name a slot'],
    ["allocn c 2 0x", '"0x" cannot name a slot'],
    ["alloc c r", '"r" names a region'],
    ["allocn c 99999 q", "99999 is more than 16384"],
    ["nextpfn xyz", '"xyz" is not a hex page frame number'],
    ["nextpfn 100000000", "page frame 100000000 is too large"],
    ["region s 0x1000 64", "0x1000 is not a kernel address"],
    ["region s 0xffffc90006000000 0", "a region has at least one byte"],
    ["region r 0xffffc90006000000 8", '"r" names a region'],
    ["cache d 64 0 - sheaf=x", '"sheaf=x" is not sheaf=N'],
    ["cache d 64 0 - sheaf=1025", '"sheaf=1025": 1025 is more than 1024'],
    [
      "cache d 64 0 - fpoff=8 sheaf=4",
      "usage: cache NAME SIZE ALIGN FLAGS [ctor] [sheaf=N] [fpoff=N]",
    ],
    ["cpu one", '"one" is not a number'],
  ])("is refused with its place and its mistake: %s", (line, message) => {
    expect(complaint(line)).toBe(`bad.slab:4: ${message}`);
  });
});

it("a long word is not repeated whole in the message", () => {
  expect(complaint(`free c ${"x".repeat(500)}`).length).toBeLessThan(200);
});

it("a script with too many operations is refused", () => {
  expect(() => parseScript("info\n".repeat(65537), "long.slab")).toThrow(
    "long.slab:65537: more than 65536 operations",
  );
});

describe("a malformed header", () => {
  it.each([
    [
      "# boot: vax",
      '1: unknown variant "vax" (there are: up updl smp smph debian v310 v310ndl v310nm)',
    ],
    ["# boot: up slub_min_order=2", '1: kernel parameter "slub_min_order=2" is not modelled'],
    ["# profile: v5", '1: unknown profile "v5" (there are: v3.10 v6.1 v6.12 v7.3)'],
    ["# cpus: many", '1: "# cpus:" needs a number, not "many"'],
    ["# phys: 0x2000", '1: "# phys:" needs a page frame and a count of pages'],
    ["# phys: 1 4095", "1: RAM has a multiple of 1024 pages, two of them at least"],
    ["# seed: 12", '1: "# seed:" needs up to 16 hex digits after 0x'],
    ["# cpus: 1\n# cpus: 2", '2: "# cpus:" stands here twice'],
  ])("is refused with its place and its mistake: %s", (header, message) => {
    expect(() => parseScript(`${header}\ninfo\n`, "h.slab")).toThrow(`h.slab:${message}`);
  });

  it("is refused with the kernel and the variant that do not belong together", () => {
    expect(() => parseScript("# boot: v310\n# profile: v6.1\ninfo\n", "h.slab")).toThrow(
      "h.slab: boot variant v310 is no configuration of v6.1",
    );
  });
});
