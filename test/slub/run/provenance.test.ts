import { describe, expect, it } from "vitest";
import { SlabHeap } from "../../../src/slub/core/heap.ts";
import type { Segment } from "../../../src/slub/oracle/damage.ts";
import { type Judgement, NEVER } from "../../../src/slub/oracle/verdict.ts";
import { type DamagedBytes, damagedBytes } from "../../../src/slub/run/damage_record.ts";
import { Judge } from "../../../src/slub/run/judge.ts";
import { Provenance } from "../../../src/slub/run/provenance.ts";
import type { BugName } from "../../../src/target/bug_names.ts";
import { COMMON_BUGS, generatorFor, judgeScript, machineOf } from "../../helper/judge.ts";

const MACHINES = [
  { profile: "v6.1", slubDebug: "FZP" },
  { profile: "v6.1", slubDebug: "-" },
  { profile: "v3.10", slubDebug: "FZPU" },
] as const;

/** Stretches of damaged bytes: those that the report names when it came, else as they were left. */
function damagedIn(bug: BugName, machine: (typeof MACHINES)[number]): readonly DamagedBytes[] {
  const heap = new SlabHeap();
  heap.configure(machineOf(machine));
  const judge = new Judge(heap);
  const generator = generatorFor(heap.machine, [bug]);
  return Array.from({ length: 12 }, (_, i) => {
    const image = generator.generate(i);
    const { judgement } = judge.run(image, generator.marks, generator.census);
    const { shadow } = judge;
    const named = judgement.damage?.segments.filter((one) => isNamed(one, judgement)) ?? [];
    if (named.length === 0) {
      const silent = { ...judgement, shownAt: NEVER };
      return damagedBytes({ shadow, judgement: silent, image, judge });
    }
    const damage = judgement.damage && { ...judgement.damage, segments: named };
    return damagedBytes({ shadow, judgement: { ...judgement, damage }, image, judge });
  }).flat();
}

function isNamed({ first, end, changed }: Segment, { report }: Judgement): boolean {
  if (report === undefined || report.firstByte < 0 || !changed) return false;
  return first <= report.lastByte && report.firstByte < end;
}

describe.each(MACHINES)("a finding on $profile under $slubDebug", (machine) => {
  it.each(COMMON_BUGS)("has damaged bytes that the mistake wrote last: %s", (bug) => {
    for (const { lastWriter, op, field } of damagedIn(bug, machine)) {
      if (bug === "constructor-violation") expect(lastWriter?.role).toBe("program");
      else expect([field, lastWriter?.op]).toEqual([field, op]);
    }
  });
});

describe("the record of a byte", () => {
  const heap = new SlabHeap();

  /** Kinds of bytes of an object of a 64-byte cache under FZPU, before the last operation. */
  function rolesAt(offsets: readonly number[], ...lines: readonly string[]): string[] {
    const { shadow } = judgeScript(["# boot: up", ...lines].join("\n"));
    const { image } = shadow;
    heap.configure(machineOf({ profile: "v6.1", slubDebug: "-" }));
    const provenance = new Provenance(new Judge(heap), image);
    return offsets.map((offset) => {
      const { lastWriter } = provenance.at(shadow.objects.at(0) + offset, image.opCount);
      return `${lastWriter?.op} ${lastWriter?.role}`;
    });
  }

  it("has the operation and the role of the last writer", () => {
    const script = ["cache c 64 0 FZPU", "alloc c a", "write a 4 55", "free c a"];
    expect(rolesAt([4, 5, -8, 64, 72, 80, 144], ...script)).toEqual([
      "3 poison",
      "1 poison",
      "3 red zone",
      "3 red zone",
      "1 free pointer",
      "1 track",
      "1 padding",
    ]);
  });

  it("is a repair when the kernel put the byte back in order", () => {
    const script = ["cache c 64 0 FZPU", "alloc c a", "write a 64 41", "free c a"];
    expect(rolesAt([64], ...script)).toEqual(["3 repair"]);
  });

  it("belongs to the program even if the byte had that value already", () => {
    const script = ["cache c 64 0 FZPU", "alloc c a z", "write a 0 00"];
    expect(rolesAt([0], ...script)).toEqual(["2 program"]);
  });
});
