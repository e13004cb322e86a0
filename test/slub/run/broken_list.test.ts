// A walk along a list of slabs with a broken link dies where the kernel dies. The places were
// recorded from the kernels; an interior free puts the slab on two lists.
import { describe, expect, it } from "vitest";
import { machineFor } from "../../../src/slub/program/boot.ts";
import type { ProfileName } from "../../../src/slub/program/op.ts";
import { parseScript } from "../../../src/slub/program/text.ts";
import { replay } from "../../../src/slub/run/replay.ts";
import { LogWriter } from "../../../src/slub/words/log.ts";

const SCRIPT = "cache c 242 24 KM ctor\nalloc c p\nfree c p+64\nvalidate c\nfree c p\n";
const NULL = "0000000000000000";

const DEATHS: readonly (readonly [string, ProfileName, string, string])[] = [
  ["validate c", "v6.1", "fffffffffffffff8", "check_slab"],
  ["validate c", "v6.12", "0000000000000023", "check_slab"],
  ["shrink c", "v6.1", NULL, "__kmem_cache_do_shrink"],
  ["shrink c", "v6.12", NULL, "__kmem_cache_do_shrink"],
  ["destroy c", "v6.1", NULL, "__kmem_cache_shutdown"],
  ["destroy c", "v6.12", NULL, "__kmem_cache_shutdown"],
  ["list c", "v6.1", NULL, "do_state"],
  ["state c", "v6.12", NULL, "do_state"],
];

function logLines(script: string, profile: ProfileName): readonly string[] {
  const program = parseScript(script, "broken_list");
  const machine = machineFor(program, { profile, boot: "smph" });
  const writer = new LogWriter(machine);
  return [...replay(program, machine)].flatMap((step) => writer.lines(step));
}

describe("a list that leads into nothing", () => {
  it.each(DEATHS)("ends `%s` of %s at %s in %s", (op, profile, address, fn) => {
    const lines = logLines(`${SCRIPT}${op}\n`, profile);
    const last = lines.slice(lines.indexOf(`@@ op 5: ${op} => CRASH (no return)`));
    expect(last.filter((line) => line.includes("BUG: ")).join()).toContain(`address: ${address}`);
    expect(last.filter((line) => line.includes("RIP: ")).at(-1)).toBe(`    | RIP: 0010:${fn}`);
  });

  it.each(["v6.1", "v6.12"] as const)("does not matter to an allocation of %s", (profile) => {
    expect(logLines(`${SCRIPT}alloc c x\n`, profile).at(-1)).toBe(
      "@@ op 5: alloc c x => c/s0 o0 off=0",
    );
  });
});
