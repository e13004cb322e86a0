// Bulk frees of many objects: none is passed over, and the longest list that fits is said.
import { describe, expect, it } from "vitest";
import { BULK_MAX } from "../../../src/abi.ts";
import { parseScript } from "../../../src/slub/program/text.ts";
import { judgeScript } from "../../helper/judge.ts";
import { resultsOf } from "../../helper/replayed.ts";

function rowOf(count: number): string {
  return Array.from({ length: count }, (_, i) => `p${i}`).join(" ");
}

describe.each(["v3.10", "v6.1", "v6.12"])("a bulk free on %s", (profile) => {
  it("frees each of a hundred objects", () => {
    const head = `# profile: ${profile}\ncache c 64 0 F\nallocn c 100 p\n`;
    const script = `${head}bulkfree c ${rowOf(100)}\n`;
    expect(resultsOf(`${script}state c\n`).at(-1)).toContain("inuse=0");
    const { judgement, shadow } = judgeScript(`${script}alloc c a\nvalidate c\n`);
    expect([judgement.verdict, shadow.violations]).toEqual(["ok", []]);
  });
});

it("a bulk free of more objects than the core takes is refused", () => {
  const script = (count: number) => `cache c 8 0 -\nbulkfree c ${rowOf(count)}\n`;
  expect(parseScript(script(BULK_MAX), "x").ops).toHaveLength(2);
  expect(() => parseScript(script(BULK_MAX + 1), "x")).toThrow("x:2: 1025 is more than 1024");
});
