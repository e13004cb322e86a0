// docs/fuzzing.md describes every choice that options offer.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { OPTIONS } from "../../../src/cli/options/campaign_options.ts";
import type { OptionRow } from "../../../src/cli/options/option.ts";
import { createProgram } from "../../../src/cli/program.ts";
import { VICTIM_STATES } from "../../../src/slub/gen/bug/scene.ts";
import { VALUE_SOURCES } from "../../../src/slub/gen/bug/value.ts";
import { FEATURE_NAMES } from "../../../src/slub/gen/features.ts";
import { WORKLOAD_NAMES } from "../../../src/slub/gen/options.ts";
import { SIZE_MIX_NAMES } from "../../../src/slub/gen/sizes.ts";
import { INJECTED_BUGS } from "../../../src/target/bug_names.ts";

const text = readFileSync(new URL("../../../docs/fuzzing.md", import.meta.url), "utf8");

/** What stands in code marks in the first column of the tables of a section. */
function namesIn(heading: string): string[] {
  const section = text.split(/^##+ /m).find((part) => part.startsWith(heading)) ?? "";
  const cells = section.match(/^\|[^|]*\|/gm) ?? [];
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]));
}

describe("docs/fuzzing.md has a row", () => {
  const LISTS: Readonly<Record<string, readonly string[]>> = {
    "Bug classes": INJECTED_BUGS,
    "Victim states": VICTIM_STATES,
    "Value sources": VALUE_SOURCES,
    Features: FEATURE_NAMES,
    Workloads: WORKLOAD_NAMES,
    Sizes: SIZE_MIX_NAMES,
    Configuration: Object.keys(OPTIONS),
  };

  it.each(Object.entries(LISTS))(
    "for each of the %s and no others, in any order",
    (heading, names) => {
      expect(namesIn(heading).sort()).toEqual([...names].sort());
    },
  );
});

it("docs/fuzzing.md names the option of each field, and its default", () => {
  const rows = text.match(/^\| `.*\|.*\|.*\|$/gm) ?? [];
  for (const [name, row] of Object.entries<OptionRow<unknown, unknown>>(OPTIONS)) {
    const [, , flags = "", usual = ""] =
      rows.map((line) => line.split("|")).find(([, names]) => names.includes(`\`${name}\``)) ?? [];
    expect(flags, name).toContain(row.flag?.split(" ")[0] ?? " ");
    if (row.no !== undefined) expect(flags).toContain(row.flag?.replace("--", "--no-"));
    expect(usual, name).toContain(row.usual ?? "");
    if (typeof row.default === "number") expect(usual, name).toContain(String(row.default));
  }
});

const program = await createProgram({ out: () => {}, error: () => {} }, "fuzz");

describe("slabfuzz fuzz", () => {
  const [fuzz] = program.commands;

  it("describes every option, and every name that an option takes", () => {
    const help = fuzz?.helpInformation() ?? "";
    for (const option of fuzz?.options ?? []) {
      expect(help).toContain(option.long);
      expect(option.description).toMatch(/^.{5,}$/);
    }
  });

  it("has an option for every field of the config that is about a campaign", () => {
    const options = (fuzz?.options ?? []).map((option) => option.attributeName());
    const names = Object.keys(OPTIONS);
    expect(names.filter((name) => !options.includes(name))).toEqual(["targets", "ci"]);
  });
});
