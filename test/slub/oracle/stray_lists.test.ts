// A list operation stores two pointers. Outside of memory the machine dies of the stores, and the
// mistake belongs to the program, not to the allocator.
import { describe, expect, it } from "vitest";
import { judgeScript } from "../../helper/judge.ts";

const BOOTS = ["up", "updl slub_debug=FZP", "v310", "v310ndl"];

/** What a program does, and what it is called, whatever the kernel. */
const NOWHERE: readonly (readonly [string, string])[] = [
  ["listinit null", "stray-write|unmapped|nowhere|page fault (write)"],
  ["listinit 0xffff888000000000", "stray-write|unmapped|nowhere|page fault (write)"],
  ["listinit 0xdead000000000100", "stray-write|unmapped|nowhere|general protection fault"],
  ["listinit vglob+8192", "stray-write|unmapped|nowhere|page fault (write)"],
  ["listadd null glob+64", "stray-write|unmapped|nowhere|page fault (write)"],
  ["listaddtail 0xdead000000000100 glob+64", "stray-write|unmapped|nowhere|general protection"],
  ["listinit a+100000000", "wrong-size-use|unmapped|nowhere|page fault (write)"],
];

/** The same operations where there is memory. */
const SOMEWHERE = [
  "listinit glob+128",
  "listinit vglob+4080",
  "listinit a+48",
  "listadd vglob glob+64",
  "listaddtail a+16 glob+64\nlistdel a+16",
];

function judged(op: string, boot: string): ReturnType<typeof judgeScript> {
  const program = ["cache c 64 0 -", "alloc c a", "listinit glob+64", op];
  return judgeScript([`# boot: ${boot}`, ...program].join("\n"));
}

const each = <T>(list: readonly T[]) => list.flatMap((one) => BOOTS.map((boot) => [one, boot]));

describe("a list operation outside of memory", () => {
  it.each(NOWHERE.flatMap(([op, name]) => BOOTS.map((boot) => [op, boot, name] as const)))(
    "is a mistake of the program: %s on %s",
    (op, boot, name) => {
      const { judgement, signature } = judged(op, boot);
      expect([judgement.verdict, judgement.impact]).toEqual(["oops", "oops"]);
      expect(signature.slice(0, name.length)).toBe(name);
    },
  );
});

describe("a list operation on the program's own memory", () => {
  it.each(each(SOMEWHERE))("is no mistake: %s on %s", (op, boot) => {
    const { judgement, shadow } = judged(op, boot);
    expect([judgement.verdict, shadow.damages]).toEqual(["ok", []]);
  });
});
