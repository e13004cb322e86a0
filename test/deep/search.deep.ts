// Searches of larger scopes against brute force: the rules by which programs count as alike lose no
// heap state.
import { expect, it } from "vitest";
import { type CellRequest, SearchCell } from "../../src/search/cell.ts";
import type { SearchScope } from "../../src/search/vocabulary.ts";
import "../../src/targets/core_files.ts";
import { bruteForce, searchedStates } from "../search/brute_force.ts";

const ALL: SearchScope["words"] = ["alloc", "free", "bulk", "shrink", "validate"];
const SCOPE: SearchScope = { ops: 5, objects: 3, sizes: [15000], words: ALL, offsets: [0] };
const SMP = { boot: "smp", cpus: 2 };

it.each<[string, Partial<CellRequest>, Partial<SearchScope>]>([
  ["6.1", {}, {}],
  ["6.12 with U", { profile: "v6.12", options: "U" }, {}],
  ["3.10", { profile: "v3.10" }, {}],
  ["7.3", { profile: "v7.3" }, {}],
  ["two CPUs", { machine: SMP }, { objects: 2, words: [...ALL, "cpu"] }],
  ["two CPUs of 7.3", { profile: "v7.3", machine: SMP }, { objects: 2, words: [...ALL, "cpu"] }],
  ["two caches", {}, { ops: 4, objects: 2, sizes: [15000, 14000] }],
  ["two caches of 7.3", { profile: "v7.3" }, { ops: 4, objects: 2, sizes: [15000, 14000] }],
  [
    "writes",
    { options: "FZP" },
    { objects: 2, words: ["alloc", "free", "write"], offsets: [0, 8] },
  ],
])("a search of %s finds every heap state that brute force finds", (_, request, scope) => {
  const whole = { ...SCOPE, ...scope };
  const usual = { target: "slub", profile: "v6.1", options: "-", machine: {} } as const;
  const cell = new SearchCell({ ...usual, scope: whole, ...request });
  const brute = bruteForce(cell);
  expect(Number(cell.programs)).toBe(brute.programs);
  expect(searchedStates(cell)).toEqual(brute.states);
});
