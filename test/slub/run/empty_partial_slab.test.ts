// A slab without a free object on a partial list: an interior free and the repair that validate
// makes of it. 6.1 warns and takes another slab, 6.12 follows the free list that is not there.
import { describe, expect, it } from "vitest";
import { machineFor } from "../../../src/slub/program/boot.ts";
import type { ProfileName } from "../../../src/slub/program/op.ts";
import { parseScript } from "../../../src/slub/program/text.ts";
import { replay } from "../../../src/slub/run/replay.ts";
import { LogWriter } from "../../../src/slub/words/log.ts";

/** What the last operation gave, and the kernel text below it. Recorded from the kernels. */
function lastOp(script: string, profile: ProfileName, boot: string): readonly string[] {
  const program = parseScript(script, "empty_partial_slab");
  const machine = machineFor(program, { profile, boot });
  const writer = new LogWriter(machine);
  const steps = [...replay(program, machine)].map((step) => writer.lines(step));
  return steps.at(-1)?.map((line) => line.replace(/^ {4}\| |^.* => /, "")) ?? [];
}

describe.each(["up", "updl", "smp", "smph"])(
  "a partial slab without a free object on %s:",
  (boot) => {
    const script =
      "cache c 17 128 R\nbulkalloc c 3 p\nbulkfree c p1 p0 p2+8\nvalidate c\nalloc c q\n";

    it("6.1 warns of an acquired slab and makes a new one", () => {
      expect(lastOp(script, "v6.1", boot)).toEqual([
        "c/s1 o0 off=0 new",
        "------------[ cut here ]------------",
        "WARNING: CPU: 0 PID: 1 at mm/slub.c:2190 ___slab_alloc",
        "RIP: 0010:___slab_alloc",
      ]);
    });

    it("6.12 dies at the free pointer of NULL", () => {
      const [result, ...text] = lastOp(script, "v6.12", boot);
      expect(result).toBe("CRASH (no return)");
      expect(text).toContain("BUG: kernel NULL pointer dereference, address: 0000000000000018");
      expect(text.filter((line) => line === "RIP: 0010:___slab_alloc")).toHaveLength(3);
    });

    it("an allocation from a sound slab goes on as before", () => {
      const sound = script.replace(" p2+8", " p2");
      expect(lastOp(sound, "v6.12", boot)).toEqual(["c/s0 o2 off=256"]);
    });
  },
);
