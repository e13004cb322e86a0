// slabfuzz help script: the reference of the script language says every operation of both kinds of
// programs, as the readers take it, and docs/script.md is the same. After a change:
//
//   npx vitest run test/cli/script.test.ts -u
import { describe, expect, it } from "vitest";
import { scriptReference } from "../../src/cli/commands/script.ts";
import { FOREIGN_OPS } from "../../src/module/program/op.ts";
import { foreignUsage, parseForeign } from "../../src/module/program/text.ts";
import { OP_WORDS } from "../../src/slub/program/operations.ts";
import { usageOf } from "../../src/slub/program/syntax.ts";
import { slabfuzz } from "../helper/command.ts";

const text = scriptReference();

/** What the reference says of an operation behind its usage. */
function saidOf(usage: string): string | undefined {
  const line = text.split("\n").find((one) => one.startsWith(`  ${usage} `));
  return line?.slice(usage.length + 2).trim();
}

describe("the reference of scripts", () => {
  it("has a line with words for every operation of the kernel's and of modules' programs", () => {
    const usages = [...OP_WORDS.map(usageOf), ...FOREIGN_OPS.map(foreignUsage)];
    expect(usages.filter((usage) => (saidOf(usage) ?? "") === "")).toEqual([]);
    expect(text).not.toMatch(/\{[a-z-]+\}/);
  });

  it("is the text that slabfuzz help script prints", async () => {
    expect((await slabfuzz("help", "script")).out).toContain(text.trim());
  });

  it("is the text of docs/script.md", async () => {
    const page = [
      "# The script language",
      "",
      "What `slabfuzz help script` prints.",
      "",
      "```text",
      text.trim(),
      "```",
      "",
    ];
    await expect(page.join("\n")).toMatchFileSnapshot("../../docs/script.md");
  });
});

it("a wrong operation of a module's program is answered with its usage", () => {
  const wrong = "# target: x.wasm\nfree\n";
  expect(() => parseForeign(wrong, "p.slab")).toThrow("p.slab:2: usage: free BLOCK");
});
