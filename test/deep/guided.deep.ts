// Guided searches that run for longer: programs put together by chance keep to the rights that they
// are to have, on every kernel; and planted bugs are found, as the core without them is not blamed.
import { describe, expect, it } from "vitest";
import { searched } from "../search/guided_search.ts";
import "../../src/targets/core_files.ts";

const MACHINES = [
  { profile: "v3.10", slubDebug: "-" },
  { profile: "v3.10", slubDebug: "FZ" },
  { profile: "v6.1", slubDebug: "FZPU" },
  { profile: "v6.12", slubDebug: "FZPU", boot: "smp" },
  { profile: "v7.3", slubDebug: "-", boot: "smp" },
  { profile: "v7.3", slubDebug: "FZP", boot: "smph" },
];

describe.each(MACHINES)("a guided search on $profile with $slubDebug", (machine) => {
  it("makes clean programs where none is to have a mistake", () => {
    const { verdicts } = searched({ cases: 3000, machine });
    expect(verdicts).toEqual({ ok: 3000 });
  });

  it("does not blame the allocator for the mistakes of programs", () => {
    const { alarms, verdicts } = searched({ cases: 3000, machine, bugs: "all" });
    expect(alarms).toEqual([]);
    expect(verdicts["detected"] ?? 0).toBeGreaterThan(machine.slubDebug === "-" ? 0 : 500);
  });
});

describe.each([
  ["third-name-traps", "-", "none"],
  ["empty-slab-lost", "-", "none"],
  ["left-red-zone-unchecked", "FZ", "all"],
])("the planted bug %s", (name, slubDebug, bugs) => {
  it("is found by a guided search", () => {
    const request = { cases: 10_000, machine: { slubDebug }, bugs };
    expect(searched({ ...request, target: `canary:${name}` }).alarms).toHaveLength(1);
  });
});
