// A report is followed by a repair, and the repair may paint over the damage of a second mistake,
// which is masked then. Without the first mistake or without the repair it is detected.
import { describe, expect, it } from "vitest";
import { judgeScript } from "../../helper/judge.ts";

const BEFORE = "write a -1 41";
const BEHIND = "write a 64 41";

/** Verdicts by cause. */
function verdicts(mistakes: readonly string[], profile: "v6.1" | "v6.12", letters = "FZ"): object {
  const start = [`# boot: up slub_debug=${letters}`, "cache c 64 0 -", "alloc c a", "alloc c b"];
  const end = ["free c a", "free c b", "validate c"];
  const { judgement } = judgeScript([...start, ...mistakes, ...end].join("\n"), { profile });
  const all = [judgement, ...judgement.others].map(({ cause, verdict }) => [cause, verdict]);
  return Object.fromEntries(all);
}

describe("damage on both sides of one object", () => {
  it.each([[[BEFORE, BEHIND]], [[BEHIND, BEFORE]]])(
    "is reported once on 6.12, and the repair hides the other side: %s",
    (mistakes) => {
      expect(verdicts(mistakes, "v6.12")).toEqual({
        "overflow-left": "detected",
        "off-by-one": "masked",
      });
    },
  );

  it("is repaired on 6.1 in the reported bytes alone, and the next check sees the rest", () => {
    expect(verdicts([BEFORE, BEHIND], "v6.1")).toEqual({
      "overflow-left": "detected",
      "off-by-one": "detected",
    });
  });

  it.each(["v6.1", "v6.12"] as const)("is detected on each side alone on %s", (profile) => {
    expect(verdicts([BEHIND], profile)).toEqual({ "off-by-one": "detected" });
    expect(verdicts([BEFORE], profile)).toEqual({ "overflow-left": "detected" });
  });

  it("does not hide the damage of another object", () => {
    expect(verdicts([BEHIND, "write b -1 41"], "v6.12")).toEqual({
      "off-by-one": "detected",
      "overflow-left": "detected",
    });
  });

  it("is not masked where no check was bound to see it", () => {
    expect(verdicts([BEFORE, BEHIND], "v6.12", "Z")).toEqual({
      "overflow-left": "escaped",
      "off-by-one": "escaped",
    });
  });
});
