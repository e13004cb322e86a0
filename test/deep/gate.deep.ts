// A canary that never ends is found by the gate, in whose ordinary tests it would take too long.
import { expect, it } from "vitest";
import { runGate } from "../../src/checks/gate/gate.ts";
import { parseScript } from "../../src/slub/program/text.ts";

/** Operations that a program has at most that a person is shown. */
const SHORT = 10;

it("a canary is a finding with a short hanging program when it hangs", async () => {
  const target = "canary:merge-walk-stands-still";
  const { findings } = await runGate({
    ...{ isQuick: true, seed: 1n, sections: ["invariants"] as const, target, timeoutMs: 500 },
  });
  expect(findings.map(({ signature }) => signature)).toEqual(["none|-|-|invariant hung"]);
  const [{ reproducer }] = findings;
  expect(reproducer.operations).toBeLessThanOrEqual(SHORT);
  expect(reproducer.operations).toBeLessThan(reproducer.operationsBefore);
  expect(parseScript(reproducer.script, "x").header.target).toBe(target);
});
