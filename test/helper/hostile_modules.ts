// Modules that are at fault in every way that somebody thought of, and real ones with bytes changed
// at random from a seed.
import binaryen from "binaryen";
import { Prng } from "../../src/base/prng.ts";
import { functionsOf } from "../../src/module/load/binding.ts";
import type { ForeignTarget } from "../../src/module/load/load.ts";
import { functionsReachedFrom } from "../../src/wasm/call_graph.ts";
import { WasmFile } from "../../src/wasm/wasm_file.ts";

const MEMORY = '(memory (export "memory") 2 64)';
const FREE = '(func (export "free") (param i32) (global.set $g (local.get 0)))';
const COUNT = "(global $g (mut i32) (i32.const 0))";

function mallocOf(body: string): string {
  return `(func $m (export "malloc") (param i32) (result i32) ${body})`;
}

function heapOf(body: string, more = "", memory = MEMORY): string {
  return `${more} ${memory} ${mallocOf(body)} ${FREE} ${COUNT}`;
}

/** Each block behind the one before it, whether there is memory or not. */
const BUMP = `(global.set $top (i32.add (global.get $top) (i32.add (local.get 0) (i32.const 16))))
  (global.get $top)`;
const TOP = "(global $top (mut i32) (i32.const 1024))";
const GLOBALS = 2000;
const DEPTH = 500;
const LOCALS = 40_000;

/** What malloc may do. */
function mallocs(): Readonly<Record<string, string>> {
  const bodies = {
    "gives nothing": "(i32.const 0)",
    "gives one": "(i32.const 1)",
    "gives the last address": "(i32.const -1)",
    "gives the end of memory": "(i32.mul (memory.size) (i32.const 65536))",
    "gives the same block": "(i32.const 4096)",
    "gives its argument": "(local.get 0)",
    "gives what it is not aligned to": "(i32.const 4097)",
    traps: "(unreachable)",
    "divides by zero": "(i32.div_u (i32.const 1) (i32.const 0))",
    "recurses for ever": "(call $m (local.get 0))",
    "recurses by the size": `(if (result i32) (i32.eqz (local.get 0)) (then (i32.const 64))
      (else (call $m (i32.sub (local.get 0) (i32.const 1)))))`,
    "loops for ever": "(loop $l (br $l)) (unreachable)",
    "loops by the size": `(loop $l (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
      (br_if $l (local.get 0))) (i32.const 64)`,
    "reads beyond memory": "(i32.load (i32.const -4))",
    "writes beyond memory": "(i32.store (i32.const -4) (i32.const 1)) (i32.const 64)",
    "grows by all there is": `(drop (memory.grow (i32.const 65535)))
      (i32.mul (memory.size) (i32.const 65535))`,
    "grows by a page each time": "(i32.mul (memory.grow (i32.const 1)) (i32.const 65536))",
    "calls itself through a table": `(call_indirect (param i32) (result i32) (local.get 0)
      (i32.const 0))`,
    "gives blocks that go down": `(global.set $g (i32.sub (global.get $g) (i32.const 64)))
      (i32.add (global.get $g) (i32.const 65536))`,
    "gives another answer each time": `(global.set $g (i32.add (i32.mul (global.get $g)
      (i32.const 1664525)) (i32.const 1013904223))) (global.get $g)`,
    "copies all memory onto itself": `(memory.copy (i32.const 1) (i32.const 0)
      (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 1))) (i32.const 1024)`,
    "converts what is no number": "(i32.trunc_f64_u (f64.div (f64.const 0) (f64.const 0)))",
    "fills all memory": `(memory.fill (i32.const 0) (i32.const 255)
      (i32.mul (memory.size) (i32.const 65536))) (i32.const 1024)`,
  };
  return Object.fromEntries(
    Object.entries(bodies).map(([name, body]) => [
      `malloc ${name}`,
      heapOf(body, "(table funcref (elem $m))"),
    ]),
  );
}

/** What a module may want of its host. */
function imports(): Readonly<Record<string, string>> {
  const wanted = {
    "a function of many arguments": `(func (param ${"i32 ".repeat(500)}))`,
    "a function of a vector": "(func (param v128))",
    "a function of 64 bits": "(func $f (param i64) (result i64))",
    "a function with references": "(func $f (param externref) (result funcref))",
    "a global of 64 bits": "(global i64)",
    "a global that changes": "(global (mut f64))",
    "a global of a vector": "(global v128)",
    "a global of references": "(global externref)",
    "a table": "(table 1 funcref)",
    "a large table": "(table 9999999 funcref)",
    "a table that is too large": "(table 0xffffffff funcref)",
    "a table of references": "(table 4 4 externref)",
    "a tag": "(tag (param i32))",
  };
  const own = Object.entries(wanted).map(([name, entity]) => {
    return [`imports ${name}`, heapOf(BUMP, `(import "a" "b" ${entity})`) + TOP];
  });
  const memories = {
    "a large memory": '(import "env" "memory" (memory 40000))',
    "a shared memory": '(import "env" "memory" (memory 2 100 shared))',
    "two memories": '(import "env" "memory" (memory 2)) (import "env" "other" (memory 2))',
    "a memory of all addresses": '(import "env" "memory" (memory 65536 65536))',
  };
  const shared = Object.entries(memories).map(([name, memory]) => {
    return [`imports ${name}`, `${memory} ${mallocOf(BUMP)} ${FREE} ${COUNT} ${TOP}`];
  });
  return Object.fromEntries([...own, ...shared]);
}

/** What a module may be like. */
function shapes(): Readonly<Record<string, string>> {
  const fields = {
    "a start that traps": "(start $s) (func $s (unreachable))",
    "a start that never ends": "(start $s) (func $s (loop $l (br $l)))",
    "a start that recurses": "(start $s) (func $s (call $s))",
    "a start that fills memory": `(start $s) (func $s (memory.fill (i32.const 0) (i32.const 1)
      (i32.const 131072)))`,
    "an _initialize that traps": '(func (export "_initialize") (unreachable))',
    "an _initialize that takes an argument": '(func (export "_initialize") (param i32))',
    "a __heap_base beyond memory": '(global (export "__heap_base") i32 (i32.const -16))',
    "a realloc that gives nothing": `(func (export "realloc") (param i32 i32) (result i32)
      (i32.const 0))`,
    "a realloc of one argument": '(func (export "realloc") (param i32) (result i32) (i32.const 0))',
    "a calloc that traps": `(func (export "calloc") (param i32 i32) (result i32) (unreachable))`,
    "a memalign that gives odd addresses": `(func (export "memalign") (param i32 i32) (result i32)
      (i32.const 4097))`,
    "data beyond its memory": '(data (i32.const 131071) "ab")',
    "elements beyond its table": "(table 1 funcref) (elem (i32.const 5) $m)",
    "a large table of its own": "(table 9999999 funcref)",
    "many tables": "(table 200000 funcref) ".repeat(40),
    "many exports": Array.from(
      { length: GLOBALS },
      (_, i) => `(func (export "malloc${i}") (param i32) (result i32) (i32.const ${i}))`,
    ).join(" "),
    "deep loops": `(func (export "deep") ${"(loop ".repeat(DEPTH)}(nop)${")".repeat(DEPTH)})`,
    "many locals": `(func (local ${"i32 ".repeat(LOCALS)}))`,
    "a free of 64 bits": '(func (export "realloc") (param i64 i64) (result i64) (local.get 0))',
    "a calloc that gives the last address": `(func (export "calloc") (param i32 i32) (result i32)
      (i32.const -1))`,
    "a realloc that never ends": `(func (export "realloc") (param i32 i32) (result i32)
      (loop $l (br $l)) (unreachable))`,
    "many globals": "(global i32 (i32.const 0)) ".repeat(GLOBALS),
    "an export that is no function": '(global (export "calloc") i32 (i32.const 0))',
    "a table by the name of malloc": '(table (export "_malloc") 1 funcref)',
  };
  const own = Object.entries(fields).map(([name, field]) => [name, heapOf(BUMP, "") + TOP + field]);
  return Object.fromEntries([
    ...own,
    ["no memory", `${mallocOf("(i32.const 64)")} ${FREE} ${COUNT}`],
    ["a memory that is not exported", heapOf("(i32.const 64)", "", "(memory 2 64)")],
    ["a memory of one page that cannot grow", heapOf(BUMP, TOP, '(memory (export "memory") 1 1)')],
    ["a memory of no pages", heapOf(BUMP, TOP, '(memory (export "memory") 0 64)')],
    ["a large memory", heapOf(BUMP, TOP, '(memory (export "memory") 60000)')],
    ["a free that loops for ever", free("(loop $l (br $l))")],
    ["a free that traps", free("(unreachable)")],
    ["a free that grows memory", free("(drop (memory.grow (i32.const 1)))")],
    ["a free that fills all memory", free(FILL)],
    ["a malloc that throws", `(tag $t) ${heapOf("(throw $t)")}`],
  ]);
}

const FILL =
  "(memory.fill (i32.const 0) (i32.const 255) (i32.mul (memory.size) (i32.const 65536)))";

function free(body: string): string {
  return `${MEMORY} ${TOP} ${mallocOf(BUMP)} (func (export "free") (param i32) ${body})`;
}

/** Modules by what they try. */
export function hostileModules(): ReadonlyMap<string, Uint8Array> {
  const binaries = new Map<string, Uint8Array>();
  const texts = { ...mallocs(), ...imports(), ...shapes() };
  for (const [name, text] of Object.entries(texts)) binaries.set(name, binaryOf(text));
  for (const [name, bytes] of Object.entries(bytesByName())) binaries.set(name, bytes);
  return binaries;
}

function binaryOf(text: string): Uint8Array {
  const module = binaryen.parseText(`(module ${text})`);
  module.setFeatures(binaryen.Features.All);
  try {
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** Files that are no modules, or promise more than they have. */
function bytesByName(): Readonly<Record<string, Uint8Array>> {
  const endless = [0xff, 0xff, 0xff, 0xff, 0x0f];
  return {
    "an empty file": new Uint8Array(0),
    "a header alone": Uint8Array.from(HEADER),
    "half a header": Uint8Array.from(HEADER.slice(0, 5)),
    "a section longer than its file": Uint8Array.from([...HEADER, 1, ...endless]),
    "four billion types": Uint8Array.from([...HEADER, 1, 6, ...endless, 0x60]),
    "four billion imports": Uint8Array.from([...HEADER, 2, 6, ...endless, 0]),
    "four billion exports": Uint8Array.from([...HEADER, 7, 6, ...endless, 0]),
    "four billion functions": Uint8Array.from([...HEADER, 3, 6, ...endless, 0]),
    "a name of four billion bytes": Uint8Array.from([...HEADER, 0, 6, ...endless, 0x61]),
    "very many empty sections": Uint8Array.from([
      ...HEADER,
      ...Array.from({ length: 300_000 }, () => [0, 1, 0]).flat(),
    ]),
    zeroes: new Uint8Array(1 << 20),
    "a component": Uint8Array.from([...HEADER.slice(0, 4), 0x0d, 0, 1, 0]),
  };
}

/** A real module, and where the code lies that its allocator can reach. */
export interface Original {
  readonly bytes: Uint8Array;
  readonly code: readonly (readonly [number, number])[];
}

export function originalOf({ bytes, plan }: Pick<ForeignTarget, "bytes" | "plan">): Original {
  const file = new WasmFile(bytes);
  const called = functionsOf(plan.binding).flatMap(({ name }) => file.indexOfFunction(name) ?? []);
  const reached = functionsReachedFrom(file, called);
  const bodies = file.functions.filter(({ index }) => reached.has(index));
  return { bytes, code: bodies.map(({ codeAt, end }) => [codeAt, end]) };
}

/**
 * Real modules with some changes each. Every second one has changes anywhere, of which hardly any
 * leaves a module; the others have changed bytes in the code of the allocator, and still compile.
 */
export function* mutatedModules(
  originals: readonly Original[],
  count: number,
  seed: number,
): Generator<Uint8Array> {
  for (let number = 0; number < count; number++) {
    const prng = new Prng({ high: 0, low: seed }, number);
    const original = originals[(number >>> 1) % originals.length];
    if (number % 2 === 0) {
      let { bytes } = original;
      for (let left = prng.between(1, 8); left > 0; left--) bytes = changed(bytes, prng);
      yield bytes;
    } else yield spoilt(original, prng);
  }
}

const SPOILT_MAX = 4;
const TRIES = 60;

/** One to four bytes of code are others; what V8 would refuse stays as it was. */
function spoilt({ bytes, code }: Original, prng: Prng): Uint8Array {
  const copy = new Uint8Array(bytes); // slices of a Buffer share its bytes
  let left = prng.between(1, SPOILT_MAX);
  for (let tries = 0; tries < TRIES && left > 0; tries++) {
    const [from, to] = code[prng.below(code.length)];
    const at = from + prng.below(to - from);
    const before = copy[at];
    copy[at] = prng.oneIn(2) ? before ^ (1 << prng.below(8)) : prng.below(256);
    if (copy[at] !== before && WebAssembly.validate(copy)) left--;
    else copy[at] = before;
  }
  return copy;
}

/** A byte, a piece, or the place of a piece is another one; headers change as often as code. */
function changed(bytes: Uint8Array, prng: Prng): Uint8Array {
  const most = prng.oneIn(3) ? Math.min(bytes.length, 2000) : bytes.length;
  const at = prng.below(Math.max(1, most));
  const length = prng.between(1, 16);
  const piece = bytes.subarray(at, at + length);
  switch (prng.below(6)) {
    case 0:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    case 1:
      return Buffer.concat([bytes.subarray(0, at + length), piece, bytes.subarray(at + length)]);
    case 2:
      return bytes.slice(0, at);
    default: {
      const copy = new Uint8Array(bytes);
      if (at < copy.length)
        copy[at] = prng.oneIn(2) ? copy[at] ^ (1 << prng.below(8)) : prng.below(256);
      return copy;
    }
  }
}
