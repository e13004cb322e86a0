// kfree_rcu() of an object that waits already, on a kernel for one CPU: the object links itself
// into the list of what waits, and cuts off what was queued behind it. The expected answers are
// those of Linux 7.3.4 (variant up) where no grace period ends in between; on a running kernel one
// may.
import { describe, expect, it } from "vitest";
import { machineFor } from "../../../src/slub/program/boot.ts";
import { parseScript } from "../../../src/slub/program/text.ts";
import { judgeProgram } from "../../../src/slub/run/case.ts";
import { replay } from "../../../src/slub/run/replay.ts";
import { transcriptOf } from "../../../src/slub/words/transcript.ts";

const CACHE = ["cache c 64 0 -", "alloc c q", "alloc c p", "alloc c r"];

function programOf(lines: readonly string[]) {
  const program = parseScript(`# boot: up\n${lines.join("\n")}\n`, "rcu.slab");
  return { program, machine: machineFor(program, { profile: "v7.3" }) };
}

/** What an operation behind the allocations answers. */
function answers(lines: readonly string[]): string[] {
  const { program, machine } = programOf([...CACHE, ...lines]);
  const steps = transcriptOf(machine, replay(program, machine));
  return steps.slice(CACHE.length).map(({ result }) => result);
}

describe("kfree_rcu twice on one CPU", () => {
  it("frees the object once, because the barrier ends the list behind it", () => {
    const lines = ["freercu p", "freercu p", "rcubarrier", "alloc c x", "alloc c y"];
    const [, , barrier, x, y] = answers(lines);
    expect([barrier, x, y]).toEqual(["ok", "c/s0 o58 off=3712", "c/s0 o56 off=3584"]);
  });

  it("loses what was queued between", () => {
    const lines = ["freercu p", "freercu r", "freercu p", "rcubarrier", "list c"];
    expect(answers(lines).at(-1)).toContain("inuse=2 nr_partial=1 cpu0-main:[58/60 s0=58,56,55,");
  });

  it("is called what it is", () => {
    const { program, machine } = programOf([...CACHE, "freercu p", "freercu p", "rcubarrier"]);
    expect(judgeProgram(program, machine).signature).toContain("double-free-rcu|");
  });
});
