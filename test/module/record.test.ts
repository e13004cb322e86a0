// The recorder of slabfuzz/record: what a program asks of a module's allocator becomes a program.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ForeignEngine } from "../../src/module/engine.ts";
import { loadForeign } from "../../src/module/load/load.ts";
import { Code, type ForeignOp, opsOf } from "../../src/module/program/op.ts";
import { parseForeign } from "../../src/module/program/text.ts";
import { type Recording, record, recordNext } from "../../src/module/record/record.ts";
import type { RecordOptions } from "../../src/module/record/recording.ts";
import { programOfScript } from "../../src/targets/targets.ts";
import { plantedModule, scriptModule } from "./planted.ts";

type Call = (...args: number[]) => number;
type Calls = Readonly<Record<string, Call>>;

function started(path: string, options: RecordOptions = {}) {
  const bytes = readFileSync(path);
  const imports = { env: { abort: () => {} } };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
  const recording = record(exports, { target: path, bytes, ...options });
  return { recording, calls: recording.exports as unknown as Calls };
}

/** The lines of a trace that are operations, and those of its header that say what differs. */
function partsOf(recording: Recording) {
  const lines = recording.trace().trimEnd().split("\n");
  return {
    ops: lines.filter((line) => !line.startsWith("#")),
    notes: lines.filter((line) => /^# (left out|put in|dropped):/.test(line)),
  };
}

const good = () => started(plantedModule("none"));

/** Blocks lie one behind the other; the last one that was freed is used again. */
const WITH_OTHERS = `
  let top: usize = 4096;
  let last: usize = 0;
  export function malloc(size: u32): usize {
    if (last != 0) { const block = last; last = 0; return block; }
    top += 64;
    return top - 64;
  }
  export function free(block: usize): void { last = block; }
  export function make(): usize { return malloc(8); }
  export function take(block: usize): void { free(block); }
  export function idle(wide: i64): f64 { return <f64>wide; }
`;
/** It takes no notice of wrong frees. */
const PATIENT = `
  let top: usize = 4096;
  export function malloc(size: u32): usize { top += 1024; return top - 1024; }
  export function realloc(block: usize, size: u32): usize { return malloc(size); }
  export function free(block: usize): void { }
`;
/** Its posix_memalign refuses alignments that are none, and leaves the place alone then. */
const POSIX = `
  let top: usize = 65536;
  export function malloc(size: u32): usize { top += 1024; return top - 1024; }
  export function free(block: usize): void { }
  export function posix_memalign(place: usize, align: u32, size: u32): i32 {
    if (align & (align - 1)) return 22;
    if (memory.size() == 0) memory.grow(1);
    store<u32>(place, malloc(size));
    return 0;
  }
`;
const PLACE = 1024;
const withOthers = (options?: RecordOptions) =>
  started(scriptModule("with_others", WITH_OTHERS), options);

describe("a recording", () => {
  it("has an operation for each call from outside, and none for calls within", () => {
    const { recording, calls } = good();
    const first = calls["malloc"](24);
    const zeroed = calls["calloc"](3, 7);
    const moved = calls["realloc"](first, 5000);
    calls["free"](zeroed);
    calls["free"](moved);
    calls["free"](0);
    calls["realloc"](0, 9);
    const ops = ["alloc b0 24", "zalloc b1 3 7", "resize b0 5000", "free b1", "free b0"];
    expect(partsOf(recording)).toEqual({ ops: [...ops, "resize b2 9"], notes: [] });
    expect([recording.calls, recording.allocator]).toEqual([
      7,
      "malloc/free (malloc free realloc calloc)",
    ]);
  });

  it("has the blocks that posix_memalign stores, and the requests that it refuses", () => {
    const { recording, calls } = started(scriptModule("stores_its_pointer", POSIX));
    const codes = [64, 3].map((align) => calls["posix_memalign"](PLACE, align, 40));
    const words = new Uint32Array((recording.exports["memory"] as WebAssembly.Memory).buffer);
    calls["free"](words[PLACE / 4]);
    expect(codes).toEqual([0, 22]);
    const ops = ["alloc b0 40 64", "alloc b1 40 3", "free b0"];
    expect(partsOf(recording)).toEqual({ ops, notes: [] });
  });

  it("returns what the module returned", () => {
    const path = plantedModule("none");
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(path)), {
      env: { abort: () => {} },
    });
    const own = exports as unknown as Calls;
    const { calls } = good();
    const sizes = [1, 100, 24, 70_000, 8];
    expect(sizes.map((size) => calls["malloc"](size))).toEqual(
      sizes.map((size) => own["malloc"](size)),
    );
  });

  it("gives back the program by which a module is driven", () => {
    const target = plantedModule("none");
    const { module, plan } = loadForeign({ target });
    const shape = { bugs: ["none" as const], twins: false, sizes: undefined, opCountMax: 3000 };
    const engine = new ForeignEngine({ module, plan }, { ...shape, seed: { high: 0, low: 9 } });
    let compared = 0;
    for (let number = 0; number < 2; number++) {
      const ops = opsOf(engine.generate(number)).filter(({ op }) => PLAIN.includes(op));
      const { recording, calls } = started(target);
      const played = play(ops, calls);
      const traced = parseForeign(recording.trace(), "trace").ops;
      expect(renamed(traced)).toEqual(renamed(played));
      compared += played.length;
    }
    expect(compared).toBeGreaterThan(500);
  });

  it("keeps a refused request, and the call that trapped", () => {
    const source = `
      export function malloc(size: u32): usize { return size > 100 ? 0 : 4096; }
      export function free(block: usize): void { if (block == 4096) unreachable(); }`;
    const { recording, calls } = started(scriptModule("traps", source));
    calls["malloc"](200);
    const block = calls["malloc"](20);
    expect(() => calls["free"](block)).toThrow(WebAssembly.RuntimeError);
    expect(partsOf(recording).ops).toEqual(["alloc b0 200", "alloc b1 20", "free b1"]);
  });

  it("ends when it is stopped", () => {
    const { recording, calls } = good();
    const block = calls["malloc"](24);
    recording.stop();
    calls["free"](block);
    expect(partsOf(recording).ops).toEqual(["alloc b0 24"]);
  });

  it("has exports that may stand in a table, as the module's own may", () => {
    const { recording, calls } = good();
    const table = new WebAssembly.Table({ element: "anyfunc", initial: 1 });
    table.set(0, recording.exports["malloc"]);
    const block = (table.get(0) as Call)(40);
    calls["free"](block);
    expect(partsOf(recording).ops).toEqual(["alloc b0 40", "free b0"]);
  });

  it("needs the bytes of a module no more than its instance", () => {
    const { recording, calls } = started(plantedModule("none"), { bytes: undefined });
    calls["free"](calls["malloc"](24));
    expect(partsOf(recording).ops).toEqual(["alloc b0 24", "free b0"]);
  });

  it("knows alignments and sizes where the caller says them", () => {
    const source = `
      let top: usize = 4096;
      export function __wbindgen_malloc(size: u32, align: u32): usize { top += 64; return top; }
      export function __wbindgen_free(block: usize, size: u32, align: u32): void { }`;
    const { recording, calls } = started(scriptModule("sized", source));
    const [one, other] = [calls["__wbindgen_malloc"](24, 4), calls["__wbindgen_malloc"](32, 8)];
    calls["__wbindgen_free"](one, 24, 4);
    calls["__wbindgen_free"](other, 33, 8);
    const ops = ["alloc b0 24 4", "alloc b1 32 8", "free b0", "freesize b1 33"];
    expect(partsOf(recording).ops).toEqual(ops);
  });
});

describe("a mistake of the program", () => {
  it("is recorded as what it is, for each kind of wrong free", () => {
    const { recording, calls } = started(scriptModule("patient", PATIENT));
    const [once, inside, old] = [calls["malloc"](24), calls["malloc"](48), calls["malloc"](8)];
    calls["malloc"](8);
    calls["realloc"](old, 900);
    calls["free"](once);
    calls["free"](once);
    calls["free"](inside + 8);
    calls["free"](old);
    calls["free"](77_777);
    expect(partsOf(recording)).toEqual({
      ops: [
        ...["alloc b0 24", "alloc b1 48", "alloc b2 8", "alloc b3 8", "resize b2 900", "free b0"],
        ...["refree b0", "freeoff b1 8", "restale b2", "freeat 77777"],
      ],
      notes: [],
    });
  });

  it("is told apart from what code of the module may have done", () => {
    const { recording, calls } = withOthers();
    const block = calls["malloc"](8);
    calls["free"](block);
    expect(calls["make"]()).toBe(block);
    calls["free"](block); // the block that the module made in the same place
    calls["free"](calls["make"]());
    expect(partsOf(recording)).toEqual({
      ops: ["alloc b0 8", "free b0"],
      notes: ["# left out: 2 frees of addresses that no call gave"],
    });
  });

  it("is kept on request even where the module may have done it", () => {
    const { recording, calls } = withOthers({ unknownFrees: "keep" });
    const block = calls["malloc"](8);
    calls["free"](block);
    calls["make"]();
    calls["free"](block);
    calls["free"](9000);
    expect(partsOf(recording).ops).toEqual(["alloc b0 8", "free b0", "refree b0", "freeat 9000"]);
  });

  it("replays as a finding", async () => {
    const { recording, calls } = good();
    const block = calls["malloc"](24);
    calls["free"](block);
    calls["free"](block);
    const text = recording.trace();
    const program = await programOfScript({ name: "trace", file: "trace", text });
    expect((await program.judge()).verdict).not.toBe("ok");
  });
});

describe("a block that is given out while it lives", () => {
  it("shows a bug of the allocator where no other code ran", async () => {
    const source = `
      export function malloc(size: u32): usize { return 4096; }
      export function free(block: usize): void { }
      export function other(): void { }`;
    const { recording, calls } = started(scriptModule("twice", source));
    calls["malloc"](24);
    calls["malloc"](24);
    expect(partsOf(recording)).toEqual({ ops: ["alloc b0 24", "alloc b1 24"], notes: [] });
  });

  it("was freed by the module where other code ran", () => {
    const { recording, calls } = withOthers();
    const block = calls["malloc"](8);
    calls["take"](block);
    expect(calls["malloc"](8)).toBe(block);
    expect(partsOf(recording)).toEqual({
      ops: ["alloc b0 8", "free b0", "alloc b1 8"],
      notes: ["# put in: 1 free of blocks whose bytes were given again"],
    });
  });
});

describe("a recording that is full", () => {
  function fill(options: RecordOptions) {
    const { recording, calls } = started(plantedModule("none"), { operations: 20, ...options });
    const kept = calls["malloc"](1000);
    for (let i = 1; i <= 3000; i++) calls["free"](calls["malloc"](i));
    calls["free"](kept);
    return recording;
  }

  it("keeps the first operations", () => {
    const { ops, notes } = partsOf(fill({}));
    expect([ops.length, ops.slice(0, 3)]).toEqual([20, ["alloc b0 1000", "alloc b1 1", "free b1"]]);
    expect(notes).toEqual(["# left out: what came when the trace was full"]);
  });

  it("keeps the last operations on request, and what lived before them", async () => {
    const recording = fill({ whenFull: "drop oldest" });
    const { ops, notes } = partsOf(recording);
    expect([ops[0], ops.at(-1)]).toEqual(["alloc b0 1000", "free b0"]);
    expect(ops.at(-2)).toBe("free b3000");
    expect(ops.length).toBeLessThanOrEqual(21);
    expect(notes).toEqual([expect.stringMatching(/^# dropped: \d+ operations, the oldest$/)]);
    const text = recording.trace();
    const program = await programOfScript({ name: "trace", file: "trace", text });
    expect((await program.judge()).verdict).toBe("ok");
  });

  it.each([0, 1.5, 1e9])("cannot be had for %d operations", (operations) => {
    expect(() => started(plantedModule("none"), { operations })).toThrow(
      "operations: must be a whole number from 1 to 196608",
    );
  });
});

describe("the next instance of a module with an allocator", () => {
  const bytes = () => readFileSync(plantedModule("none"));
  const imports = { env: { abort: () => {} } };

  it.each<[string, () => Promise<WebAssembly.Instance> | WebAssembly.Instance]>([
    ["new Instance", () => new WebAssembly.Instance(new WebAssembly.Module(bytes()), imports)],
    ["instantiate", async () => (await WebAssembly.instantiate(bytes(), imports)).instance],
    ["compile", async () => WebAssembly.instantiate(await WebAssembly.compile(bytes()), imports)],
    [
      "instantiateStreaming",
      async () => {
        const headers = { "content-type": "application/wasm" };
        const response = new Response(bytes(), { headers });
        return (await WebAssembly.instantiateStreaming(response, imports)).instance;
      },
    ],
  ])("is recorded when glue makes it by %s", async (_, make) => {
    const before = { ...own() };
    // To make a Response, Node makes an instance of its own.
    const next = recordNext({ matches: (exports) => "calloc" in exports });
    const instance = await make();
    const calls = instance.exports as unknown as Calls;
    calls["free"](calls["malloc"](24));
    expect(instance).toBeInstanceOf(WebAssembly.Instance);
    expect(partsOf(next.recording!).ops).toEqual(["alloc b0 24", "free b0"]);
    expect(own()).toEqual(before);
  });

  it("is waited for by instances without one, which stay as they are", () => {
    const before = { ...own() };
    const next = recordNext();
    const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    const instance = new WebAssembly.Instance(new WebAssembly.Module(empty));
    expect([Object.keys(instance.exports), next.recording]).toEqual([[], undefined]);
    next.release();
    expect(own()).toEqual(before);
  });

  function own() {
    const { Module, Instance, compile, instantiate, instantiateStreaming } = WebAssembly;
    return { Module, Instance, compile, instantiate, instantiateStreaming };
  }
});

it("a module without an allocator cannot be recorded", () => {
  const path = scriptModule("none_here", "export function f(): void {}");
  expect(() => started(path)).toThrow(/record: no allocator found .* it exports f/);
});

it("a trace that names no target is for any module", async () => {
  const { recording, calls } = started(plantedModule("none"), { target: undefined });
  calls["free"](calls["malloc"](24));
  const source = { name: "trace", file: "trace.slab", text: recording.trace() };
  await expect(programOfScript(source)).rejects.toThrow(
    "trace.slab: is for any module with an allocator, say which: --target FILE",
  );
  const otherTarget = { target: plantedModule("none") };
  const program = await programOfScript({ ...source, otherTarget });
  expect((await program.judge()).verdict).toBe("ok");
});

const PLAIN: readonly string[] = ["alloc", "zalloc", "resize", "free"];

/** Drives an allocator; returns the operations whose block was there. */
function play(ops: readonly ForeignOp[], calls: Calls): readonly ForeignOp[] {
  const pointers = new Map<number, number>();
  return ops.filter(({ op, slot, a, b }) => {
    const pointer = pointers.get(slot) ?? 0;
    const isWanted = op === "free" ? pointer !== 0 : op === "resize" || pointer === 0;
    if (!isWanted) return false;
    const made = {
      [Code.alloc]: () => calls["malloc"](a),
      [Code.zalloc]: () => calls["calloc"](a, b),
      [Code.resize]: () => calls["realloc"](pointer, a) || pointer,
      [Code.free]: () => calls["free"](pointer) ?? 0,
    }[Code[op]]!();
    pointers.set(slot, made);
    return true;
  });
}

/** Each block with a name of its own, and no alignments, which C's malloc does not get. */
function renamed(ops: readonly ForeignOp[]) {
  const names = new Map<number, string>();
  return ops.map(({ op, slot, a, b }, index) => {
    if (op === "alloc" || op === "zalloc" || !names.has(slot)) names.set(slot, `made by ${index}`);
    return [op, names.get(slot), a, op === "zalloc" ? b : 0];
  });
}
