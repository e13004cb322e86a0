// Findings whose smallest programs need the same, or more, are one bug.
import { expect, it } from "vitest";
import { type CausedFinding, withConsequences } from "../../src/campaign/consequences.ts";

function found(signature: string, needs: readonly string[] | undefined, length = 3): CausedFinding {
  const finding = {
    ...{ signature, verdict: "invariant", class: "none", impact: "lost", count: 1, stable: true },
    ...{ case: 0, operations: length, folder: undefined, token: signature },
  };
  const operations = Array.from({ length }, () => "alloc b0 1");
  return { finding, cause: needs && { needs, operations } };
}

/** `a(b c)`: a finding, and its consequences. */
function grouped(...all: readonly CausedFinding[]): readonly string[] {
  return withConsequences(all).map(({ signature, consequences = [] }) => {
    return `${signature}(${consequences.map((one) => one.signature).join(" ")})`;
  });
}

it("a finding that needs more than another one is a consequence of it", () => {
  const all = [found("crooked", ["resize", "zalloc"], 40), found("overlap", ["resize"])];
  expect(grouped(...all)).toEqual(["overlap(crooked)"]);
});

it("the finding with the shortest program stays of those that need the same", () => {
  expect(grouped(found("long", [], 9), found("short", [], 2))).toEqual(["short(long)"]);
});

it("two findings that need different things are two bugs", () => {
  const all = [found("realloc", ["resize"]), found("leak", ["cycle"])];
  expect(grouped(...all)).toEqual(["realloc()", "leak()"]);
});

it("a finding of which nothing is known stays by itself", () => {
  expect(grouped(found("plain", []), found("unknown", undefined))).toEqual([
    "plain()",
    "unknown()",
  ]);
});
