import { describe, expect, it } from "vitest";
import { UserError } from "../../src/base/user_error.ts";
import { CaseEngine } from "../../src/slub/engine.ts";
import { DEFAULT_SHAPE } from "../../src/slub/gen/options.ts";
import { slubProgramOfToken } from "../../src/slub/named_program.ts";
import type { SlubOptions } from "../../src/slub/options.ts";
import { INVARIANTS } from "../../src/slub/oracle/violation.ts";
import { machineFor } from "../../src/slub/program/boot.ts";
import { decode } from "../../src/slub/program/decode.ts";
import { parseToken, tokenOfCase } from "../../src/slub/token.ts";
import { INJECTED_BUGS } from "../../src/target/bug_names.ts";
import { pathOfCore } from "../../src/targets/core_files.ts";
import { isToken } from "../../src/targets/targets.ts";

const PLAIN: SlubOptions = {
  ...DEFAULT_SHAPE,
  target: "slub",
  machine: { profile: "v6.1", slubDebug: "FZP" },
  bugs: INJECTED_BUGS,
  seed: 7n,
  opCountMax: 50,
};

const OPTIONS: readonly (readonly [string, SlubOptions])[] = [
  ["the plain one", PLAIN],
  ["3.10 with CPUs", { ...PLAIN, machine: { boot: "v310 slub_nomerge", cpus: 4, slubDebug: "Z" } }],
  ["no debugging", { ...PLAIN, machine: { profile: "v6.1", slubDebug: "-" } }],
  ["lists of caches", { ...PLAIN, machine: { boot: "smp", slubDebug: "FZ,c0*;U,kmalloc-64" } }],
  ["kernel options", { ...PLAIN, machine: { boot: "up", config: "+SLAB_FREELIST_RANDOM" } }],
  ["a canary", { ...PLAIN, target: "canary:inuse-not-decremented", bugs: ["none"] }],
  ["a core in a file", { ...PLAIN, target: pathOfCore("release") }],
  ["rules of its own", { ...PLAIN, twins: true, invariants: { "red-zone": 1, poison: 0 } }],
  ["a large seed", { ...PLAIN, seed: 0xfedcba9876543210n, bugs: ["off-by-one", "double-free"] }],
];

function tokenOf(options: SlubOptions, caseNumber: number): string {
  const engine = new CaseEngine(options);
  return tokenOfCase(options, engine.machine, engine.generate(caseNumber), caseNumber);
}

describe("a token of a case", () => {
  it.each(OPTIONS)("of %s gives the same program on the same machine back", (_, options) => {
    const engine = new CaseEngine(options);
    const { ops } = decode(engine.generate(11), engine.machine);
    const recalled = slubProgramOfToken(tokenOf(options, 11));
    expect(recalled.program.ops).toEqual(ops);
    expect(machineFor(recalled.program)).toEqual(engine.machine);
    expect([recalled.core.name, recalled.note]).toEqual([options.target, undefined]);
    expect(recalled.invariants).toEqual(options.invariants);
  });

  it.each(OPTIONS)("of %s is one word without special characters of a shell", (_, options) => {
    expect(tokenOf(options, 3)).toMatch(/^[A-Za-z0-9:.+%_-]+$/);
    expect(isToken(tokenOf(options, 3))).toBe(true);
  });

  it("leaves out rules that are kept as usual, and does not depend on their order", () => {
    const { every } = INVARIANTS.poison;
    expect(tokenOf({ ...PLAIN, invariants: { poison: every } }, 3)).toBe(tokenOf(PLAIN, 3));
    const [one, other] = [
      { poison: 0, padding: 1 },
      { padding: 1, poison: 0 },
    ];
    const tokens = [one, other].map((invariants) => tokenOf({ ...PLAIN, invariants }, 3));
    expect(tokens[0]).toBe(tokens[1]);
    expect(tokens[0]).not.toBe(tokenOf(PLAIN, 3));
  });

  it("of another build tells so", () => {
    const fields = tokenOf(PLAIN, 3).split(":");
    fields[11] = "00000000";
    expect(slubProgramOfToken(fields.join(":")).note).toMatch(/was made by another build/);
  });
});

describe("a damaged token", () => {
  const whole = tokenOf(PLAIN, 3);
  const damaged: readonly (readonly [string, string])[] = [
    ["cut short", whole.slice(0, whole.lastIndexOf(":"))],
    ["another case", whole.replace(":7:3:", ":7:4:")],
    ["no number", whole.replace(":7:3:", ":7:x:")],
    ["no seed", whole.replace(":7:3:", ":-7:3:")],
    ["no such class", whole.replace(":all:", ":everything:")],
    ["no such profile", whole.replace("v6.1", "v6.2")],
    ["no such target", whole.replace(":slub:", ":slob:")],
    ["no such rule", whole.replace(":50:", ":50+rules.poisn.off:")],
    ["no such number of cases", whole.replace(":50:", ":50+rules.poison:")],
    ["bad escape", whole.replace(":FZP:", ":%zz:")],
  ];

  it.each(damaged)("is refused: %s", (_, word) => {
    expect(() => slubProgramOfToken(word)).toThrow(UserError);
  });

  it("is refused only for its damage: the whole one is read as it is", () => {
    const { options, caseNumber } = parseToken(whole);
    expect([options.seed, options.opCountMax, caseNumber]).toEqual([7n, 50, 3]);
  });
});
