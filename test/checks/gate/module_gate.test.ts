// The gate on an allocator that is not ours, and the cost of its operations. What it answers to all
// mistakes, and to an allocator in C, is in test/deep/module_gate.deep.ts.
import { describe, expect, it } from "vitest";
import { baselineText, parseCostBaseline } from "../../../src/checks/cost/baseline.ts";
import { runGate } from "../../../src/checks/gate/gate.ts";
import { costOfModule } from "../../../src/checks/gate/module_gate_target.ts";
import { hasPassed } from "../../../src/checks/gate/result.ts";
import { BREAKS, SCRIPT_SOURCE } from "../../helper/own_allocator.ts";
import { scriptModule } from "../../module/planted.ts";
import { expectRed, fromScript } from "./own_gate.ts";

it("the gate fails where an allocator copies too little, and shows a short program", () =>
  expectRed(fromScript(BREAKS["copies too little"].mistake), BREAKS["copies too little"].rule));

describe("the cost of a module", () => {
  const slower = SCRIPT_SOURCE.replace(
    "const list = lists",
    "load<u32>(lists);\n  const list = lists",
  );

  it("is the same each time, and fails the gate where an operation became dearer", async () => {
    const right = fromScript(0);
    const text = baselineText(await costOfModule({ target: right }));
    expect(baselineText(await costOfModule({ target: right }))).toBe(text);
    const cost = { path: "c.json", baseline: parseCostBaseline(text, "c.json"), tolerance: 0 };
    const sections = ["cost"] as const;
    const green = await runGate({ target: right, cost, sections });
    expect([hasPassed(green), green.findings]).toEqual([true, []]);
    const dearer = scriptModule("own-slower", slower, ["--use", "MISTAKE=0"]);
    const { findings } = await runGate({ target: dearer, cost, sections });
    expect(findings.map(({ signature }) => signature)).toContain("cost|-|-|alloc dearer");
    const [{ reproducer, message }] = findings;
    expect(message).toMatch(/^cost \+[\d.]+ % in \w+, \d+ B: .*loads/);
    expect(reproducer.script.split("\n")[reproducer.line - 1]).toMatch(
      /^(alloc|free|resize|zalloc) /,
    );
  });
});
