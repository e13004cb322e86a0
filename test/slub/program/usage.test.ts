// Every operation of the table, written as its usage says: what holds for one holds for a new one
// without a line for it.
import { describe, expect, it } from "vitest";
import { Status } from "../../../src/abi.ts";
import { exportProgram } from "../../../src/export/export.ts";
import { machineFor } from "../../../src/slub/program/boot.ts";
import { decode } from "../../../src/slub/program/decode.ts";
import { encode } from "../../../src/slub/program/encode.ts";
import type { ProgramImage } from "../../../src/slub/program/image.ts";
import { OP_WORDS, operationOf, wordOfRecord } from "../../../src/slub/program/operations.ts";
import { usageOf } from "../../../src/slub/program/syntax.ts";
import { parseScript, printScript } from "../../../src/slub/program/text.ts";
import { replay } from "../../../src/slub/run/replay.ts";
import { programOfScript } from "../../../src/targets/targets.ts";

/** A kernel that has all operations, with several CPUs. */
const BEFORE = [
  "# boot: smp",
  "# profile: v7.3",
  "cache c 64 0 -",
  "allocn c 4 p",
  "listinit p0",
  "listinit p1",
  "",
].join("\n");

/** What the words of a usage may stand for; HEX is bytes, or a page frame. */
const EXAMPLES: Readonly<Record<string, string>> = {
  NAME: "c",
  SIZE: "64",
  ALIGN: "8",
  FLAGS: "FZ",
  ctor: "ctor",
  "0|1": "1",
  N: "1",
  SLOT: "s",
  NEW: "s",
  NEWSLOT: "s",
  z: "z",
  PREFIX: "p",
  TARGET: "p0",
  HEAD: "p1",
  "TARGET...": "p0 p1",
  OFF: "8",
  "OFF|fp": "8",
  LEN: "8",
  HEXBYTE: "41",
  HEX: "4100",
  ADDRESS: "0xffffc90003fed000",
  SHEAF: "sheaf",
  "sheaf=N": "sheaf=1",
  "fpoff=N": "fpoff=8",
};

function lineOf(usage: string): string {
  const [word, ...args] = usage.replace(/[[\]]/g, "").split(" ");
  return [word, ...args.map((arg) => EXAMPLES[arg])].join(" ");
}

function bytesOf({ words, payload, opCount, payloadSize }: ProgramImage) {
  return [[...words.subarray(0, 4 * opCount)], [...payload.subarray(0, payloadSize)]];
}

describe.each(OP_WORDS)("the operation %s, as its usage says", (word) => {
  const sheaf = usageOf(word).includes(" SHEAF") ? "sheafget c 1 sheaf\n" : "";
  const script = `${BEFORE}${sheaf}${lineOf(usageOf(word))}\n`;
  const program = parseScript(script, "x");
  const machine = machineFor(program);

  it("is printed as it was read", () => {
    expect(printScript(program)).toBe(script);
  });

  it("is the same bytes when it was decoded and encoded again", () => {
    const image = encode(program, machine);
    expect(bytesOf(encode(decode(image, machine), machine))).toEqual(bytesOf(image));
    expect(decode(image, machine).ops.at(-1)?.op).toBe(word);
  });

  it("has a record of its own", () => {
    const { code, aux = 0 } = operationOf(word);
    expect(wordOfRecord(code, aux)).toBe(word);
  });

  it("runs, and its result reads somehow", () => {
    const step = [...replay(program, machine)].at(-1);
    expect(step?.op.op).toBe(word);
    expect([Status.LIMIT, Status.NOT_RUN, Status.CRASH]).not.toContain(step?.status);
    expect(step?.result).not.toMatch(/undefined|\{/);
  });

  it("is C in a module, or is said to have none there", async () => {
    const text = await exportProgram(
      await programOfScript({ name: "x", file: "x", text: script }),
      "c",
    );
    const block = text.slice(text.lastIndexOf("op 4: "), text.indexOf("static int __init"));
    const hasNone = block.includes("(nothing that a module can do)");
    expect(hasNone).toBe(operationOf(word).c === undefined);
    expect(block).not.toMatch(/undefined|\{[a-z ]+\}/);
  });
});
