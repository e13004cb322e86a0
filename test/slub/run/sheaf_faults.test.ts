// Where a machine dies of what was written into a sheaf, and in which words. Linux 7.3.4 was asked
// each program in each of the variants: it dies in the same operation, of the same address, in the
// same function; of a new sheaf some operations later, because its own kmalloc-512 has objects that
// go out first. Which function is named depends on what the compiler took in: with hardened free
// lists build_detached_freelist() is too long for that.
import { describe, expect, it } from "vitest";
import { machineFor } from "../../../src/slub/program/boot.ts";
import { parseScript } from "../../../src/slub/program/text.ts";
import { replay } from "../../../src/slub/run/replay.ts";
import { LogWriter } from "../../../src/slub/words/log.ts";

const VARIANTS = ["up", "updl", "smp", "smph"] as const;
type Variant = (typeof VARIANTS)[number];

/** The function that a program on 7.3 dies in, and the operation; undefined if it does not die. */
function deathOf(variant: Variant, script: string): readonly [op: string, fn: string] | undefined {
  const program = parseScript(script, "sheaf.slab");
  const machine = machineFor(program, { profile: "v7.3", boot: variant });
  const writer = new LogWriter(machine);
  for (const step of replay(program, machine)) {
    const fn = writer.lines(step).find((line) => line.includes("RIP: 0010:"));
    if (fn !== undefined) return [step.text, fn.split("RIP: 0010:")[1]];
  }
  return undefined;
}

const BAD = "adde0000000000de";
const UNMAPPED = "0000500000c9ffff";
/** The sheaf becomes the spare of its CPU. */
const SPARE = `cache c 64 0 -\nalloc c a\nsheafget c 4 s\nwrite s 32 ${BAD}\nsheafput c s\n`;
/** Objects fill main, spare and barn, so that a bulk free has no room in sheaves. */
const NO_ROOM = "cache c 4096 0 -\nallocn c 80 a\nfreen c 66 a\nslot x 0xde0000000000dead\n";
/** A sheaf of kmalloc-512 whose pointers are all bad becomes a spare: other sheaves lie there. */
const NEXT_SHEAF = [
  "cache m 512 0 M\nsheafget m 4 s\n",
  ...Array.from({ length: 28 }, (_, i) => `write s ${32 + 8 * i} ${UNMAPPED}\n`),
  "sheafput m s\ncache c 64 0 -\nalloc c a\n",
].join("");

describe.each(VARIANTS)("a kernel built as %s", (variant) => {
  const isHardened = variant === "smph";
  const linked = (otherwise: string) => (isHardened ? "build_detached_freelist" : otherwise);

  it("dies of a flush in the function that links what is freed", () => {
    const dies = linked("__kmem_cache_free_bulk.part.0");
    expect(deathOf(variant, `${SPARE}shrink c\n`)).toEqual(["shrink c", dies]);
    expect(deathOf(variant, `${SPARE}destroy c\n`)).toEqual(["destroy c", dies]);
    const own = `cache c 64 0 F\nsheafget c 4 s\nwrite s 32 ${BAD}\nsheafput c s\n`;
    expect(deathOf(variant, own)).toEqual(["sheafput c s", dies]);
    expect(deathOf(variant, `${SPARE.replace(/write.*\n/, "")}shrink c\n`)).toBeUndefined();
  });

  it("looks up the slabs of a bulk free before it frees anything", () => {
    const first = "bulkfree c a70 a71 a72 x a73\n";
    expect(deathOf(variant, NO_ROOM + first)?.[1]).toBe("kmem_cache_free_bulk");
    expect(deathOf(variant, NO_ROOM + first.replace(" x", ""))).toBeUndefined();
  });

  it("dies of a bulk free without sheaves where it links what is freed", () => {
    const script = "cache c 64 0 F\nallocn c 2 a\nslot x 0xde0000000000dead\n";
    const dies = linked("kmem_cache_free_bulk");
    expect(deathOf(variant, `${script}bulkfree c a0 x a1\n`)?.[1]).toBe(dies);
    expect(deathOf(variant, `${script}bulkfree c a0 a1\n`)).toBeUndefined();
  });

  it("clears a new sheaf at an unmapped address all the same", () => {
    expect(deathOf(variant, NEXT_SHEAF)).toEqual(["alloc c a", "memset_orig"]);
    const mapped = NEXT_SHEAF.replaceAll(/write.*\n/g, "");
    expect(deathOf(variant, mapped)).toBeUndefined();
  });

  it("takes its own link in an object of kfree_nolock() for no damage", () => {
    const script = "kmallocnl 64 a\nkmallocnl 64 b\nkfreenl a\nkfree b\n";
    const reports = (text: string) => {
      const program = parseScript(text, "nolock.slab");
      const overrides = { profile: "v7.3", boot: variant, slubDebug: "FZP" };
      const machine = machineFor(program, overrides);
      const writer = new LogWriter(machine);
      const lines = [...replay(program, machine)].flatMap((step) => writer.lines(step));
      return lines.filter((line) => line.includes("BUG kmalloc-64"));
    };
    expect(reports(script)).toEqual([]);
    expect(reports(`${script}kfreenl b\n`)).toEqual([
      expect.stringContaining("Object already free"),
    ]);
  });
});
