import { describe, expect, it } from "vitest";
import {
  type BaselineEntry,
  EMPTY_BASELINE,
  isDay,
  parseBaseline,
  printBaseline,
  statusIn,
  withNew,
} from "../../../src/checks/gate/baseline.ts";

const ENTRY: BaselineEntry = {
  signature: "none|-|nowhere|invariant misaligned at alloc",
  verdict: "invariant",
  reason: "merging is being rewritten",
  owner: "alice",
  expires: "2027-03-01",
  comments: ["# see the plan for spring"],
};
const LINES = `# see the plan for spring
signature: none|-|nowhere|invariant misaligned at alloc
verdict: invariant
reason: merging is being rewritten
owner: alice
expires: 2027-03-01
`;
const WORDS = { reason: "new", owner: "bob", expires: "2027-04-01" };

describe("a baseline", () => {
  it("is read as it is written, and written as it was read", () => {
    expect(parseBaseline(LINES, "x").entries).toEqual([ENTRY]);
    const printed = printBaseline({ entries: [ENTRY] });
    expect(parseBaseline(printed, "x").entries).toEqual([ENTRY]);
    expect(printBaseline(parseBaseline(printed, "x"))).toBe(printed);
  });

  it("knows a finding until its day is over, and no finding that only looks alike", () => {
    const baseline = { entries: [ENTRY] };
    const { signature, verdict } = ENTRY;
    const days = ["2027-02-28", "2027-03-01", "2027-03-02"];
    expect(days.map((day) => statusIn(baseline, ENTRY, day))).toEqual([
      "known",
      "known",
      "expired",
    ]);
    expect(statusIn(baseline, { signature, verdict: "late" }, days[0])).toBe("new");
    expect(statusIn(baseline, { signature: `${signature}s`, verdict }, days[0])).toBe("new");
  });

  it("is sorted, so that the order of the findings does not show", () => {
    const found = ["b", "a", "c"].map((signature) => ({ signature, verdict: "invariant" }));
    const one = printBaseline(withNew(EMPTY_BASELINE, found, WORDS));
    const other = printBaseline(withNew(EMPTY_BASELINE, [...found].reverse(), WORDS));
    expect(one).toBe(other);
    expect([...one.matchAll(/^signature: (.*)$/gm)].map(([, text]) => text)).toEqual([
      "a",
      "b",
      "c",
    ]);
  });

  it("appends new entries as one block, and leaves the old ones alone", () => {
    const before = printBaseline({ entries: [ENTRY] });
    const news = [{ signature: "x|-|-|y", verdict: "late" }, ENTRY];
    const after = printBaseline(withNew({ entries: [ENTRY] }, news, WORDS));
    const block = [
      "signature: x|-|-|y",
      "verdict: late",
      "reason: new",
      "owner: bob",
      "expires: 2027-04-01",
    ].join("\n");
    expect(after).toBe(`${before}\n${block}\n`);
  });
});

describe("a malformed baseline", () => {
  const without = (field: string) => LINES.replace(new RegExp(`^${field}:.*\n`, "m"), "");
  it.each([
    ["a field too few", without("owner"), "x:1: the entry has no owner"],
    ["a field that does not exist", LINES.replace("owner", "whose"), "x:5: unknown field whose"],
    ["no field at all", `${LINES}and more\n`, "x:7: is no line of a baseline"],
    ["a field twice", `${LINES}owner: bob\n`, "x:7: owner stands here twice"],
    ["an empty field", LINES.replace("alice", ""), "x:5: owner is empty"],
    ["a day that no calendar has", LINES.replace("03-01", "02-29"), "x:6: expires has to be a day"],
    [
      "a verdict that there is not",
      LINES.replace("verdict: inv", "verdict: v"),
      "x:3: verdict has",
    ],
    ["an entry twice", `${LINES}\n${LINES}`, "x: none|-|nowhere|invariant misaligned at alloc st"],
    ["JSON", "{}", "x:1: is no line of a baseline"],
  ])("is refused with its line: %s", (_, text, message) => {
    expect(() => parseBaseline(text, "x")).toThrow(message);
  });
});

it("a day of a baseline is a day of the calendar", () => {
  const days = ["2028-02-29", "2100-02-28", "2026-12-31"];
  const none = ["2027-02-29", "2100-02-29", "2026-13-01", "2026-04-31", "2026-00-10", "soon", ""];
  expect([...days, ...none].filter(isDay)).toEqual(days);
});
