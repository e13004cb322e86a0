// The write-up of the crash that slabfuzz began with, as it stands: prose, a crash tool's output
// and the log of the warning, in the order in which its author looked at them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { explain } from "../../src/explain/explain.ts";
import { sentenceOf } from "../../src/explain/sentence.ts";
import { inputOf } from "../helper/explained.ts";
import { seedDocument } from "../helper/shared_logs.ts";

const document = seedDocument();
const HEAD = 0xffffc90003fed0c8n;
/** B and what it is served from, as the document says: bytes asked for, and bytes of a slot. */
const [ASKED, SLOT] = [328, 320];

it.runIf(document !== undefined)(
  "the seed document is one story, with its own numbers",
  async () => {
    const answer = await explain(inputOf(document!), "seed");
    const [warning, crash, ...more] = answer.reading.reports;
    expect(more).toEqual([]);
    expect([warning.check, crash.check]).toEqual(["list", "free-oops"]);
    expect([warning.causedBy, crash.causedBy]).toEqual([null, 0]);
    expect(crash.object).toBe(HEAD);
    expect(warning.list?.expected).toBe(HEAD);
    expect(sentenceOf(crash)).toContain("which is XXXTBL.List");
    // The prev of the list_head that ends B: its last word, which lies behind the slot.
    expect(warning.damage).toMatchObject([{ offset: ASKED - 8, length: 8 }]);
    expect(warning.damage[0].offset).toBe(SLOT);
    expect(answer.causes[0].class).toBe("wrong-size-use");
    expect(answer.causes[0].for.join()).toContain(`next slot of ${SLOT} bytes`);
  },
);

it.runIf(document !== undefined)(
  "the seed document has a program no longer than ours, in which FZ names B",
  async () => {
    const { program, options } = await explain(inputOf(document!), "seed");
    const { script, differences } = program!;
    expect(differences).toEqual([]);
    expect(script).toContain("c90003fed0c8");
    expect(script).toContain("4b43414a0c010000");
    const ours = readFileSync(join("examples", "seed.slab"), "utf8");
    expect(operationsOf(script).length).toBeLessThanOrEqual(operationsOf(ours).length);
    const { reportedAt, boot } = options.find(({ letters }) => letters === "FZ")!;
    expect(operationsOf(script)[reportedAt!]).toBe("free i915_gem_vma B");
    expect(boot).toBe("slub_debug=FZ,i915_gem_vma");
  },
);

function operationsOf(script: string): string[] {
  return script.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}
