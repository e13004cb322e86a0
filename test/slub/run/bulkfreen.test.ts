// bulkfreen is the bulkfree of a row. No driver of a kernel 6.x knows it, so it is held against the
// equal bulkfree, in results, logs and verdicts.
import { describe, expect, it } from "vitest";
import { BULK_MAX } from "../../../src/abi.ts";
import { parseScript } from "../../../src/slub/program/text.ts";
import { PROFILES } from "../../../src/slub/program/variant.ts";
import { judgeScript } from "../../helper/judge.ts";
import { logOf } from "../../helper/replayed.ts";

/** What is done before the slots p0 to p4 are freed together. */
const BEFORE: Readonly<Record<string, string>> = {
  "a whole row": "allocn c 5 p",
  "a row with gaps": "alloc c p1\nalloc c p4",
  "a row of none": "alloc c q",
  "rows of several slabs": "allocn c 70 q\nallocn c 5 p\nallocn c 70 r",
  "an object that is free already": "allocn c 5 p\nfree c p2",
  "the same object twice": "allocn c 4 p\nslot p4 p1",
  "a place inside of an object": "allocn c 4 p\nslot p4 p1+8",
  "an object of another cache": "cache d 96 0 -\nallocn c 4 p\nalloc d p4",
  "memory of no slab": "allocn c 4 p\nslot p4 glob+64",
  "a null pointer": "allocn c 4 p\nslot p4 null",
  "an object that was written past its end": "allocn c 5 p\nwrite p3 64 41",
};
const BEHIND = "allocn c 5 s\nvalidate c\nstate c\n";
const FREED = "bulkfree c p0 p1 p2 p3 p4";
const NAMED = "bulkfreen c 5 p";

const recorded = PROFILES.filter((profile) => profile.startsWith("v6."));
const options = ["up", "smp slub_debug=FZPU"];
const machines = recorded.flatMap((profile) => options.map((boot) => [profile, boot] as const));

describe.each(machines)("bulkfreen on %s, %s", (profile, boot) => {
  it.each(Object.entries(BEFORE))("is the equal bulkfree: %s", (_, before) => {
    const scriptOf = (free: string) =>
      `# boot: ${boot}\n# profile: ${profile}\ncache c 64 0 -\n${before}\n${free}\n${BEHIND}`;
    const expected = logOf(scriptOf(FREED)).map((line) => line.replace(FREED, NAMED));
    expect(logOf(scriptOf(NAMED))).toEqual(expected);
    const shown = (free: string) => {
      const { judgement, signature, shadow } = judgeScript(scriptOf(free));
      return [judgement.verdict, signature, shadow.violations, shadow.damages];
    };
    expect(shown(NAMED)).toEqual(shown(FREED));
  });
});

it("bulkfreen takes as many slots as the core does", () => {
  const script = (count: number) => `cache c 8 0 -\nbulkfreen c ${count} p\n`;
  expect(parseScript(script(BULK_MAX), "x").ops).toHaveLength(2);
  expect(() => parseScript(script(BULK_MAX + 1), "x")).toThrow("x:2: 1025 is more than 1024");
});
