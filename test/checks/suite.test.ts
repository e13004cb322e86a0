// The gate's checks as tests of another project's suite.
import { describe, expect, it } from "vitest";
import { fastChecks } from "../../src/checks/gate/plan.ts";
import { allocatorChecks, FindingError } from "../../src/checks/suite/vitest.ts";

describe("the suite on the healthy core:", () => {
  const checks = allocatorChecks();

  it("one test exists for each check", () => {
    expect(checks.map(({ name }) => name)).toEqual(fastChecks().map(({ name }) => name));
    expect(allocatorChecks({ full: true }).length).toBeGreaterThan(checks.length);
  });

  it.each(checks)("the check $name passes", ({ run }) => {
    expect(run).not.toThrow();
  });
});

describe("the suite on a canary:", () => {
  it("one check fails, and shows the smallest program and the line that replays it", () => {
    const checks = allocatorChecks({ target: "canary:merge-ignores-alignment" });
    const errors = checks.flatMap(({ run }) => {
      try {
        run();
        return [];
      } catch (error) {
        return [error as FindingError];
      }
    });
    expect(errors.length).toBeGreaterThan(0);
    const [error] = errors;
    expect(error).toBeInstanceOf(FindingError);
    expect(error.signature).toBe("none|-|nowhere|invariant misaligned at alloc");
    expect(error.script).toMatch(/^alloc /m);
    expect(error.message).toContain(error.script);
    expect(error.message).toMatch(/\nreplay: slabfuzz replay sf1:\S+$/);
  });
});
