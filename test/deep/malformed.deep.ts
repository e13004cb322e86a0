// A hundred thousand malformed inputs of every kind that slabfuzz reads, in this process, and two
// hundred through the command.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import {
  faultOf,
  MALFORMED_KINDS,
  type Malformed,
  malformedInputs,
  malformedText,
  readMalformed,
} from "../helper/malformed.ts";

const COUNT = Math.ceil(100_000 / MALFORMED_KINDS.length);
/** Kinds without a command are read in this process here, too. */
const THROUGH_COMMAND = 200;
const SHOWN_MAX = 20;
const COMMAND = fileURLToPath(new URL("../../bin/slabfuzz.js", import.meta.url));

/** Texts about those answers that are wrong. */
async function faultsOf(
  kind: string,
  seed: number,
  count: number,
  change: (one: Malformed) => Malformed = (one) => one,
): Promise<readonly string[]> {
  const faults: string[] = [];
  for await (const one of readMalformed(kind, malformedInputs(kind, seed, count))) {
    const answer = change(one);
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
    const faults = await faultsOf(kind, 3, count, (one) => {
      if (one.words === undefined) return one;
      const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...one.words], {
        encoding: "utf8",
        input: "",
      });
      const before = one.result.code ?? 0;
      if (status !== before) return { ...one, result: { code: -1, out: "", error: stderr } };
      return { ...one, result: { code: status ?? -1, out: stdout, error: stderr } };
    });
    expect(faults).toEqual([]);
  }
});
