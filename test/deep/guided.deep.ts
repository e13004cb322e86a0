// Guided searches that run for longer: programs put together by chance keep to the rights that they
// are to have, on every kernel; and planted bugs are found, as the core without them is not blamed.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { bumpModule } from "../helper/bump_module.ts";
import { slabfuzz } from "../helper/command.ts";
import { searched } from "../search/guided_search.ts";
import "../../src/targets/core_files.ts";

const folder = mkdtempSync(join(tmpdir(), "slabfuzz-guided-deep-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);

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
    const { alarms } = searched({ ...request, target: `canary:${name}` });
    expect(new Set(alarms).size).toBe(1);
  });
});

describe("slabfuzz fuzz --guided", () => {
  it("finds a mistake of a module's allocator, and blames one without it for nothing", async () => {
    // Blocks of more than 4 KiB all lie at one address.
    const mistaken =
      "(if (i32.gt_u (local.get 0) (i32.const 4096)) (then (return (i32.const 65536))))";
    const findingsOf = async (name: string, work: string) => {
      writeFileSync(at(name), bumpModule(work));
      const words = [
        "--target",
        at(name),
        "--ops",
        "200",
        "--cases",
        "96",
        "--out",
        at(`${name}.found`),
      ];
      const { code, out } = await slabfuzz("fuzz", "--guided", "--seed", "7", "--json", ...words);
      return {
        code,
        findings: (JSON.parse(out) as { findings: { signature: string }[] }).findings,
      };
    };
    const { code, findings } = await findingsOf("mistaken.wasm", mistaken);
    expect([code, findings[0].signature]).toEqual([1, expect.stringContaining("|invariant ")]);
    expect(await findingsOf("right.wasm", "")).toEqual({ code: 0, findings: [] });
  });
});
