// The shadow against real kernels. Each recording replays as it happened, and a mistake of the
// script must explain every error of the kernel.
import { expect, test } from "vitest";
import { judgeScript } from "../helper/judge.ts";
import { loadArchive, type Recording } from "./archive.ts";

function verdictOf(recording: Recording, profile: "v6.1" | "v3.10"): string {
  return judgeScript(recording.script, { profile }).judgement.verdict;
}

/** The names of the recordings with such a verdict. */
function named(
  judged: readonly { readonly name: string; readonly verdict: string }[],
  verdict: string,
): string[] {
  return judged.filter((one) => one.verdict === verdict).map(({ name }) => name);
}

test.each([
  ["v6.1", 652, []],
  // The checks of 3.10 run with the layout of the wrong cache, and say what they see there.
  ["v3.10", 726, ["free_othercache.P", "x310_wrongcache_bigger.Z"]],
] as const)("no recording of %s breaks a rule without reason", (profile, count, misattributed) => {
  const { recordings } = loadArchive(profile);
  const judged = recordings.map((one) => ({ name: one.name, verdict: verdictOf(one, profile) }));
  expect(named(judged, "invariant")).toEqual([]);
  expect(named(judged, "misattributed")).toEqual(misattributed);
  expect(judged.length).toBe(count);
});
