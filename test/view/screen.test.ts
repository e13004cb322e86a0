// The view as a screen of text: what it shows, and where keys lead.
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { packagePath } from "../../src/base/package_file.ts";
import { readTextFile } from "../../src/base/whole_file.ts";
import type { ScreenPaint } from "../../src/view/screen/line.ts";
import type { ScreenSize } from "../../src/view/screen/screen.ts";
import { Stepper } from "../../src/view/screen/stepper.ts";
import type { Trace } from "../../src/view/trace.ts";
import { traceOfScript } from "./traced.ts";

const SEED = traceOfScript(readTextFile(packagePath("examples/seed.slab")));
const CHECKED = traceOfScript(readTextFile(packagePath("examples/seed.slab")), {
  slubDebug: "FZ",
});
const USUAL: ScreenSize = { columns: 80, rows: 24 };
const plain: ScreenPaint = (_, text) => text;
const red: ScreenPaint = (_, text) => `\x1b[31m${text}\x1b[39m`;

/** Presses keys, a character each. */
function press(stepper: Stepper, keys: string): Stepper {
  for (const text of keys) stepper.press({ name: NAMES[text] ?? text, text });
  return stepper;
}

/** What a terminal calls some characters. */
const NAMES: Readonly<Record<string, string>> = {
  "\r": "return",
  "\t": "tab",
  "\x1b": "escape",
  "/": "",
  "^": "up",
  v: "down",
};

function screenAt(trace: Trace, op: number, size = USUAL): string {
  return press(new Stepper(trace), `g${op}\r`).screen(size, plain).join("\n");
}

describe("the screen", () => {
  it("shows at op 8 of the seed the two objects whose bytes changed, and where in them", () => {
    const screen = screenAt(SEED, 8);
    expect(screen).toMatch(/^op 8 of 14: listadd B\+312 .*\[damage, mistake\]$/m);
    expect(screen).toContain("8 bytes of the free pointer of free object 9");
    expect(screen).toMatch(/^> +8 D +[^X]+X B, 312 bytes, since op 6$/m);
    expect(screen).toMatch(/^> +9 D +X[^X]+ never used$/m);
    expect(screen).toMatch(/^free list of CPU 0: 9 -> XXXTBL\+0x18, which is no object/m);
  });

  it("shows at op 9 the free list that leaves the slab at its head", () => {
    expect(screenAt(SEED, 7)).toMatch(
      /^free list of CPU 0: 9 -> 10 -> 11 -> 12 -> ... -> 21 -> .* -> 24 -> end$/m,
    );
    const screen = screenAt(SEED, 9);
    expect(screen).toMatch(/^free list of CPU 0: XXXTBL\+0x18, which is no object/m);
    expect(screen).toMatch(/^! the free list of CPU 0 leaves the slab at its head/m);
  });

  it("shows at op 12 the global that was handed out, and at op 14 what the kernel says", () => {
    expect(screenAt(SEED, 12)).toMatch(
      /^! A2 is XXXTBL\+0x18, which is no object of i915_gem_vma$/m,
    );
    expect(screenAt(SEED, 14)).toMatch(/^\| BUG: unable to handle kernel paging request/m);
  });

  it("shows with debug letters the damage in the red zone of the object itself", () => {
    const screen = screenAt(CHECKED, 8);
    expect(screen.replace(/\n +/g, " ")).toContain(
      "8 bytes of the right redzone of its own object 0",
    );
    expect(screen).toMatch(/^> +0 D +[^X]*X+[^X]*B, 312 bytes, since op 6$/m);
    expect(screen).not.toMatch(/^!/m);
  });

  it.each([
    { columns: 80, rows: 24 },
    { columns: 40, rows: 10 },
    { columns: 200, rows: 60 },
  ])("fits $columns columns and $rows rows at every operation", (size) => {
    for (const trace of [SEED, CHECKED]) {
      const stepper = new Stepper(trace);
      for (let op = 0; op < trace.ops.length; op++) {
        expect(stepper.at).toBe(op);
        const lines = stepper.screen(size, plain);
        expect(lines.length).toBeLessThanOrEqual(size.rows);
        expect(lines.filter((line) => line.length > size.columns)).toEqual([]);
        press(stepper, "n");
      }
    }
  });

  it("shows on 7.3 in which sheaf a free object waits, and what the cache has in sheaves", () => {
    const script = "# profile: v7.3\n# boot: up\ncache c 2048 0 -\nalloc c p\nfree c p\n";
    const screen = screenAt(traceOfScript(script), 2, { columns: 120, rows: 50 });
    expect(screen).toMatch(/^> +\d+ F .* free since op 2, was p, in main of CPU 0$/m);
    // The first allocation fills a sheaf of 12, and leaves an empty one as the spare.
    expect(screen).toContain("sheaves of c: main of CPU 0, 12 of 12; spare of CPU 0, 0 of 12");
  });

  it("says the same with colours and without", () => {
    const stepper = press(new Stepper(SEED), "g8\r");
    const coloured = stepper.screen(USUAL, red).join("\n");
    expect(coloured).toContain("\x1b[31mX\x1b[39m");
    expect(stripVTControlCharacters(coloured)).toBe(stepper.screen(USUAL, plain).join("\n"));
  });

  it("shows a sequence that moves a cursor as text", () => {
    const [first, ...rest] = SEED.ops;
    const hostile = { ...SEED, ops: [{ ...first, text: "cache \x1b[2J 64" }, ...rest] };
    expect(screenAt(hostile, 0)).toContain("cache \\x1b[2J 64");
  });
});

describe("a key", () => {
  it("steps on and back, and not beyond the ends", () => {
    const stepper = new Stepper(SEED);
    expect(press(stepper, "nnn").at).toBe(3);
    expect(press(stepper, "p").at).toBe(2);
    expect(press(stepper, "ppp").at).toBe(0);
    expect(stepper.screen(USUAL, plain).at(-1)).toBe("this is the first");
    expect(press(stepper, "g999\r").at).toBe(SEED.ops.length - 1);
  });

  it("shows the same screen from whichever side it is come to", () => {
    const there = screenAt(SEED, 10);
    const back = press(new Stepper(SEED), "g14\rpppp").screen(USUAL, plain).join("\n");
    expect(back).toBe(there);
  });

  it("asks for a number, and says what is none", () => {
    const stepper = press(new Stepper(SEED), "g1");
    expect(stepper.screen(USUAL, plain).at(-1)).toBe("go to op: 1_");
    expect(press(stepper, "2\r").at).toBe(12);
    expect(press(stepper, "gx\r").at).toBe(12);
    expect(stepper.screen(USUAL, plain).at(-1)).toBe("x: is no number of an operation");
    expect(press(stepper, "g3\x1b").at).toBe(12);
  });

  it("finds the next operation that says a text, around the end, and again", () => {
    const stepper = press(new Stepper(SEED), "/LISTADD\r");
    const [first, second] = SEED.ops.flatMap(({ text }, op) => (/listadd/.test(text) ? [op] : []));
    expect(stepper.at).toBe(first);
    expect(press(stepper, "/\r").at).toBe(second);
    expect(press(stepper, "/\r").at).toBe(first);
    expect(press(stepper, "/no such thing\r").at).toBe(first);
    expect(stepper.screen(USUAL, plain).at(-1)).toBe("no such thing: no operation says that");
  });

  it("moves the objects in sight as far as there are some", () => {
    const stepper = press(new Stepper(SEED), "g8\r");
    const before = stepper.screen(USUAL, plain);
    for (let i = 0; i < 60; i++) {
      press(stepper, "v");
      stepper.screen(USUAL, plain);
    }
    expect(stepper.screen(USUAL, plain).join("\n")).toMatch(/^ +24 N/m);
    press(stepper, "^");
    expect(stepper.screen(USUAL, plain).join("\n")).not.toMatch(/^ +24 N/m);
    expect(press(stepper, "np").screen(USUAL, plain)).toEqual(before);
  });

  it("leads to the other slabs in turn", () => {
    const script = "cache a 64 0 -\ncache b 256 0 -\nalloc a x\nalloc b y\n";
    const stepper = press(new Stepper(traceOfScript(script, { slubDebug: "U" })), "g3\r");
    const titles = ["", "\t", "\t"].map((keys) => {
      const lines = press(stepper, keys).screen(USUAL, plain);
      return lines.find((line) => /inuse/.test(line));
    });
    expect(titles[0]).toMatch(/^b\/.*\(2 of 2\)$/);
    expect(titles[1]).toMatch(/^a\/.*\(1 of 2\)$/);
    expect(titles[2]).toBe(titles[0]);
  });

  it("ends it", () => {
    expect(press(new Stepper(SEED), "n").isOver).toBe(false);
    expect(press(new Stepper(SEED), "q").isOver).toBe(true);
  });
});
