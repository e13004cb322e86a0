// A hundred thousand malformed inputs of every kind that slabfuzz reads, in this process, and two
// hundred through the command.
import { describe, expect, it } from "vitest";
import {
  faultOf,
  MALFORMED_KINDS,
  type Malformed,
  malformedInputs,
  malformedText,
  readMalformed,
} from "../helper/malformed/malformed.ts";
import { runSlabfuzz } from "../helper/process.ts";

const COUNT = Math.ceil(100_000 / MALFORMED_KINDS.length);
/** Kinds without a command are read in this process here, too. */
const THROUGH_COMMAND = 200;
const SHOWN_MAX = 20;

/** Texts about those answers that are wrong. */
async function faultsOf(
  kind: string,
  seed: number,
  count: number,
  change: (one: Malformed) => Malformed | Promise<Malformed> = (one) => one,
): Promise<readonly string[]> {
  const faults: string[] = [];
  for await (const one of readMalformed(kind, malformedInputs(kind, seed, count))) {
    const answer = await change(one);
    const fault = faultOf(answer);
    if (fault !== undefined) faults.push(malformedText(fault, answer));
  }
  return faults.slice(0, SHOWN_MAX);
}

describe.each(MALFORMED_KINDS)("a malformed %s", (kind) => {
  it("is accepted correctly, or refused in one sentence", async () => {
    expect(await faultsOf(kind, 2, COUNT)).toEqual([]);
  });
});

it("a malformed input gets the same answer from the command itself", async () => {
  const count = Math.ceil(THROUGH_COMMAND / MALFORMED_KINDS.length);
  for (const kind of MALFORMED_KINDS) {
    const faults = await faultsOf(kind, 3, count, async (one) => {
      if (one.words === undefined) return one;
      const { code, out, error } = await runSlabfuzz(one.words);
      const before = one.result.code ?? 0;
      if (code !== before) return { ...one, result: { code: -1, out: "", error } };
      return { ...one, result: { code: code ?? -1, out, error } };
    });
    expect(faults).toEqual([]);
  }
});
