// The order of severity: for each level a program of a few lines that gets exactly that far, and a
// longer one that goes on to the next.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { worstImpactOf } from "../../../src/slub/oracle/impact.ts";
import { FAILURES } from "../../../src/target/failure.ts";
import { IMPACTS, type Impact, impactRank } from "../../../src/target/verdict.ts";
import { type Judged, judgeScript } from "../../helper/judge.ts";

const TWO = ["cache c 64 0 -", "alloc c a", "alloc c b"];
const FORGED = [...TWO, "free c a", "wfp c a glob+64"];
/** The slab is on its list twice, so that a walk along the list comes back to the slab. */
const CIRCLE = [...TWO, "free c a", "free c b", "free c a"];

/** Without debugging by default, so that no check stops the damage. */
const PROGRAMS: Readonly<Partial<Record<Impact, readonly string[]>>> = {
  none: ["# boot: up slub_debug=FZ", ...TWO, "write a 64 cc", "free c a"],
  disclosed: [...TWO, "free c a", "read a 0 8"],
  damage: ["# boot: up slub_debug=FZ", ...TWO, "write a 64 41", "free c a"],
  oops: [...TWO, "listinit null"],
  lost: [...TWO, "destroy c"],
  list: [...TWO, "listinit glob+64", "listadd a+16 glob+64", "listadd a+16 glob+64"],
  "other-owner": [...TWO, "write a 64 41"],
  redirected: FORGED,
  foreign: [...FORGED, "alloc c d", "alloc c e"],
  overlap: [...CIRCLE, "alloc c d", "alloc c e", "alloc c f"],
};

function judged(lines: readonly string[], profile: "v6.1" | "v6.12"): Judged {
  return judgeScript(lines.join("\n"), { profile });
}

describe.each(["v6.1", "v6.12"] as const)("the impact on %s", (profile) => {
  it.each(Object.entries(PROGRAMS))(
    "is named after the worst event of a program: %s",
    (impact, lines) => {
      expect(judged(lines, profile).judgement.impact).toBe(impact);
    },
  );

  it("of two mistakes is the worse one", () => {
    const { judgement } = judged([...TWO, "free c a", "read a 0 8", "destroy c"], profile);
    const all = [judgement, ...judgement.others].map(({ impact }) => impact);
    expect(all.sort()).toEqual(["disclosed", "lost"]);
  });

  it("of an endless loop is less than that of the circle behind it, and more than an oops", () => {
    const { judgement, shadow } = judged([...CIRCLE, "shrink c"], profile);
    expect(shadow.violations.map(({ invariant }) => invariant)).toContain("hang");
    expect(judgement.impact).toBe("redirected");
    expect(worstImpactOf(shadow, [])).toBe("hang"); // the loop alone
    expect(FAILURES.hung.impact).toBe("hang"); // an allocator that loops by itself
  });
});

it("each level has its program, or stands beside one", () => {
  expect([...Object.keys(PROGRAMS), "hang"].sort()).toEqual([...IMPACTS].sort());
});

it("a program that continues has a longer run", () => {
  const ranks = [FORGED, PROGRAMS.foreign ?? []].map((lines) =>
    impactRank(judged(lines, "v6.1").judgement.impact),
  );
  expect(ranks[0]).toBeLessThan(ranks[1]);
});

it("the order of impacts is the order in docs/verdicts.md, worst first", () => {
  const path = fileURLToPath(new URL("../../../docs/verdicts.md", import.meta.url));
  const [, section] = readFileSync(path, "utf8").split("\n## Impact\n");
  const rows = [...section.split("\n## ")[0].matchAll(/^\| `([a-z-]+)` \|/gm)];
  expect(rows.map(([, name]) => name)).toEqual([...IMPACTS].reverse());
});
