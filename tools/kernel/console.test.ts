import { expect, it } from "vitest";
import { parseConsole } from "./console.ts";

const BASE = "ffff888000a01000";
const PAGE = "ffffea0000028040";

function consoleOf(...lines: string[]): string {
  return [
    "[boot] something",
    "@@B p1",
    "@@G glob=ffffffff8197f000 vglob=ffffc90000043000 len=4096",
    ...lines,
    "",
  ].join("\n");
}

function linesOf(...lines: string[]): readonly string[] {
  return parseConsole(consoleOf(...lines), () => undefined)[0].lines;
}

const ADDED = `@@+ c s0 base=${BASE} slab=${PAGE} order=0 objects=64`;

it("a console text becomes a log in the recordings' form for a script that ended", () => {
  const [log] = parseConsole(consoleOf("@@= 0: scrub => ok", "@@E"), () => undefined);
  expect(log).toEqual({
    name: "p1",
    ending: "done",
    isGarbled: false,
    lines: ["@@ op 0: scrub => ok"],
    glob: 0xffffffff8197f000n,
    vglob: 0xffffc90000043000n,
  });
});

it("a console text names a slab from the kernel text of the numbering operation on", () => {
  expect(
    linesOf(
      "@@> 0: alloc c s",
      `TRACE c alloc 0x${BASE} inuse=1 fp=0x0000000000000000`,
      ADDED,
      "@@= 0: alloc c s => c/s0 o0 off=0 new",
      `@@= 1: sym 0x10 => ${BASE}`,
      "@@E",
    ),
  ).toEqual([
    "@@ op 0: alloc c s => c/s0 o0 off=0 new",
    "    | TRACE c alloc {c/s0+0x0} inuse=1 fp=0x0000000000000000",
    "@@ op 1: sym 0x10 => {c/s0+0x0}",
  ]);
});

it("a console text loses a slab's name behind the operation that gave the slab back", () => {
  const free = ["@@> 1: free c s", `Slab 0x${PAGE} used=0`, "@@- c s0"];
  expect(
    linesOf(
      ADDED,
      "@@= 0: alloc c s => c/s0 o0 off=0 new",
      ...free,
      "@@= 1: free c s => ok gone:c/s0",
      `@@= 2: rptr glob 0 => ${BASE}`,
      "@@E",
    ),
  ).toEqual([
    "@@ op 0: alloc c s => c/s0 o0 off=0 new",
    "@@ op 1: free c s => ok gone:c/s0",
    "    | Slab {slab:c/s0} used=0",
    `@@ op 2: rptr glob 0 => ${BASE}`,
  ]);
});

it("a console text leaves out registers, traces, and the machine's lines about itself", () => {
  const noise = ["RAX: 0000000000000000", " run_op+0x10/0x20", "clocksource: tsc", "random: crng"];
  expect(linesOf("@@> 0: validate c", ...noise, "@@= 0: validate c => slabs=0", "@@E")).toEqual([
    "@@ op 0: validate c => slabs=0",
  ]);
});

it("a console text has a crash for a panic, and the script's text for a silent operation", () => {
  const text = consoleOf("@@= 0: scrub => ok", "Kernel panic - not syncing: Fatal exception");
  const [log] = parseConsole(text, (script, op) => `${script} line ${op}`);
  expect(log.ending).toBe("crash");
  expect(log.lines).toEqual([
    "@@ op 0: scrub => ok",
    "@@ op 1: p1 line 1 => CRASH (no return)",
    "    | Kernel panic - not syncing: Fatal exception",
  ]);
});

it("a console text shows a hang when an operation neither ends nor panics", () => {
  const [log] = parseConsole(
    consoleOf("@@> 0: validate c", "FIX c: adjusted"),
    (_, op) => `#${op}`,
  );
  expect(log.ending).toBe("hang");
  expect(log.lines).toEqual(["@@ op 0: #0 => HANG (never returns)", "    | FIX c: adjusted"]);
});

it("a console text ends before the line that a stopped machine left unfinished", () => {
  const text = consoleOf("@@= 0: scrub => ok").concat("@@+ c s0 base=ffff8");
  expect(parseConsole(text, () => "next")[0].lines).toEqual([
    "@@ op 0: scrub => ok",
    "@@ op 1: next => HANG (never returns)",
  ]);
});

it("a console text shows a line into which another CPU wrote", () => {
  const garbled = "@@+ c s0 base=ffff8880random: crng init done";
  const [log] = parseConsole(consoleOf(garbled, "@@= 0: scrub => ok", "@@E"), () => undefined);
  expect(log.isGarbled).toBe(true);
});

it("a console text shows a result into which a kernel thread wrote a frame of its stack", () => {
  const torn = "@@= 0: allocn c 2 n => c/s0 o0 off=0 new; c/s0 o ? vsnprintf+0x2cf/0x5e0";
  const whole = "@@= 0: allocn c 2 n => c/s0 o0 off=0 new; c/s0 o1 off=64";
  const logs = [torn, whole].flatMap((line) => parseConsole(consoleOf(line), () => undefined));
  expect(logs.map(({ isGarbled }) => isGarbled)).toEqual([true, false]);
});

it("a console text holds the scripts of one boot one by one", () => {
  const second = ["@@B p2", "@@G glob=1000 vglob=2000 len=4096", "@@= 0: info => Linux", "@@E"];
  const logs = parseConsole(consoleOf("@@= 0: scrub => ok", "@@E", ...second), () => undefined);
  expect(logs.map(({ name, lines }) => [name, lines.length])).toEqual([
    ["p1", 1],
    ["p2", 1],
  ]);
});
