// A cache whose size was overwritten with 0: a division by the size kills the machine. Real kernels
// gave the words and functions when a script wrote over the size in a kmem_cache. In the simulation
// no operation may write there, but a free leads the allocator there.
import { describe, expect, it } from "vitest";
import { CacheLayout, KMALLOC_CLASSES } from "../../../src/abi.ts";
import { hex64 } from "../../../src/base/hex.ts";
import { machineFor } from "../../../src/slub/program/boot.ts";
import { ramBase } from "../../../src/slub/program/machine.ts";
import type { ProfileName } from "../../../src/slub/program/op.ts";
import { parseScript } from "../../../src/slub/program/text.ts";
import { replay } from "../../../src/slub/run/replay.ts";
import { LogWriter } from "../../../src/slub/words/log.ts";

const WORDS = { "v6.1": "divide error: 0000 [#1]", "v6.12": "Oops: divide error: 0000 [#1]" };
type Kernel = keyof typeof WORDS;

/** Where the free pointer of the other cache's objects lies: in the middle of 96 bytes. */
const MIDDLE = 48n;

/** Frees what would have its free pointer where the first cache of the script has its size. */
function sizeToZero(profile: ProfileName): string {
  const base = ramBase(machineFor(parseScript("info\n", "base"), { profile, boot: "up" }));
  const size = BigInt(KMALLOC_CLASSES * CacheLayout.SIZE + CacheLayout.SIZE_BYTES);
  return `cache w 96 0 -\nfree w 0x${hex64(base + size - MIDDLE)}\n`;
}

function lastLines(script: string, profile: ProfileName): readonly string[] {
  const program = parseScript(script, "divide_error");
  const machine = machineFor(program, { profile, boot: "up" });
  const writer = new LogWriter(machine);
  return [...replay(program, machine)].map((step) => writer.lines(step)).at(-1) ?? [];
}

const DEATHS: readonly (readonly [string, string, string])[] = [
  ["alloc c b", "F", "check_slab"],
  ["alloc c b", "FZPU", "check_slab"],
  ["free c a", "F", "check_slab"],
  ["validate c", "FZPU", "check_slab"],
  ["alloc c b", "-", "res_loc"],
];

describe.each(Object.keys(WORDS) as Kernel[])(
  "the kernel %s, when a cache's size was overwritten with 0:",
  (profile) => {
    it.each(DEATHS)("`%s` of a cache with %s dies of a divide error in %s", (op, letters, fn) => {
      const script = `cache c 64 0 ${letters}\nalloc c a\n${sizeToZero(profile)}${op}\n`;
      const lines = lastLines(script, profile);
      expect(lines[0]).toMatch(/=> CRASH \(no return\)$/);
      expect(lines[1]).toBe(`    | ${WORDS[profile]}`);
      expect(lines).toContain(`    | RIP: 0010:${fn}`);
    });

    it("the operation `shrink c` dies where it looks at the tail of an empty slab", () => {
      const script = `cache c 64 0 FP\nalloc c a\nfree c a\n${sizeToZero(profile)}shrink c\n`;
      expect(lastLines(script, profile)).toContain("    | RIP: 0010:slab_pad_check.part.0");
    });

    it("the operation `shrink c` divides by no size where the cache has no poison", () => {
      const script = `cache c 64 0 F\nalloc c a\nfree c a\n${sizeToZero(profile)}shrink c\n`;
      expect(lastLines(script, profile).join()).not.toContain("CRASH");
    });

    it("a cache beside it works as before", () => {
      const script = `cache c 64 0 F\ncache d 64 0 F\n${sizeToZero(profile)}alloc d x\n`;
      expect(lastLines(script, profile)[0]).toMatch(/=> d\/s0 o0 off=0 new$/);
    });
  },
);
