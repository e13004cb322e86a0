import { describe, expect, it } from "vitest";
import { CONFIG_FIELDS, checkConfig } from "../../../src/cli/config/check.ts";
import { defineConfig } from "../../../src/cli/config/settings.ts";
import { WORKLOAD_NAMES } from "../../../src/slub/gen/options.ts";
import { INJECTED_BUGS } from "../../../src/target/bug_names.ts";

const WHOLE = defineConfig({
  target: "slub",
  exports: "malloc=a,free=b",
  targets: { mine: { file: "mine.wasm", malloc: "a", free: "b", align: 8 } },
  profile: "v6.12",
  boot: "smp slab_nomerge",
  slubDebug: "FZ,kmalloc-64",
  cpus: 4,
  kconfig: "+SLAB_FREELIST_RANDOM",
  bugs: ["off-by-one", "double-free"],
  bugsPerCase: 2,
  twins: true,
  swarm: false,
  instrument: false,
  without: ["krealloc", "bulk", "bit-flip"],
  workload: ["xmalloc", "lifo"],
  sizes: [64, 320],
  ops: 200,
  seed: 7,
  cases: 1000,
  time: "2m",
  timeout: "500ms",
  jobs: 2,
  out: "found",
  failOn: "any",
  baseline: "known.txt",
  ci: {
    quick: true,
    time: "5s",
    corpus: "programs",
    golden: "answers.json",
    cost: "cost.json",
    costTolerance: 2.5,
    out: "reports",
    sections: ["fuzz", "corpus"],
  },
  countAsNew: ["escaped"],
  invariants: { poison: false, "red-zone": 4 },
});

describe("a config", () => {
  it("can hold every option of the command", () => {
    expect(Object.keys(WHOLE).sort()).toEqual([...CONFIG_FIELDS].sort());
    expect(checkConfig({ ...WHOLE, exports: undefined }, "x")).toEqual({
      target: "slub",
      instrument: false,
      targets: { mine: { target: "mine.wasm", exports: "malloc=a,free=b,align=8" } },
      profile: "v6.12",
      boot: "smp slab_nomerge",
      slubDebug: "FZ,kmalloc-64",
      cpus: 4,
      kconfig: "+SLAB_FREELIST_RANDOM",
      bugs: ["off-by-one", "double-free"],
      bugsPerCase: 2,
      twins: true,
      swarm: false,
      without: ["bulk", "krealloc", "bit-flip"],
      workload: ["lifo", "xmalloc"],
      sizes: [64, 320],
      opCountMax: 200,
      seed: 7n,
      cases: 1000,
      timeMs: 120_000,
      timeoutMs: 500,
      jobs: 2,
      out: "found",
      failOn: "any",
      baseline: "known.txt",
      ci: {
        isQuick: true,
        fuzzMs: 5000,
        corpus: "programs",
        golden: "answers.json",
        cost: "cost.json",
        costTolerance: 2.5,
        out: "reports",
        sections: ["corpus", "fuzz"],
      },
      countAsNew: ["escaped"],
      invariants: { poison: 0, "red-zone": 4 },
    });
  });

  it("may be empty", () => {
    expect(checkConfig({}, "x")).toEqual({});
    expect(checkConfig({ bugs: undefined }, "x")).toEqual({});
  });

  it("has short forms", () => {
    const short = {
      bugs: "all",
      workload: "all",
      sizes: 320,
      time: "30s",
      seed: "0xffffffffffffffff",
    };
    expect(checkConfig(short, "x")).toEqual({
      bugs: INJECTED_BUGS,
      workload: WORKLOAD_NAMES,
      sizes: [320],
      timeMs: 30_000,
      seed: 0xffffffffffffffffn,
    });
    expect(checkConfig({ bugs: "none", workload: "fifo", sizes: "kernel" }, "x")).toEqual({
      bugs: ["none"],
      workload: ["fifo"],
      sizes: "kernel",
    });
  });
});

/** A wrong value for each field, and the beginning of the message. */
const WRONG: Readonly<
  Record<Exclude<(typeof CONFIG_FIELDS)[number], "target">, readonly [unknown, string]>
> = {
  exports: ["malloc=a", "exports: a mapping has to say which exports are malloc and free"],
  targets: [{ mine: { malloc: "a", free: "b" } }, "targets.mine: must have a file"],
  profile: ["v5", "profile: must be one of v3.10"],
  boot: [1, "boot: must be text"],
  slubDebug: [true, "slubDebug: must be text"],
  cpus: [0, "cpus: must be a whole number from 1 to"],
  kconfig: [[], "kconfig: must be text"],
  bugs: [["double-free", "x"], "bugs[1]: must be one of none"],
  bugsPerCase: [3, "bugsPerCase: must be a whole number from 1 to 2"],
  instrument: ["yes", "instrument: must be true or false"],
  twins: ["yes", "twins: must be true or false"],
  swarm: [0, "swarm: must be true or false"],
  without: [["bulk", "speed"], "without[1]: must be one of caches"],
  workload: ["larsson", "workload: must be one of all, mixed"],
  sizes: [[64, -1], "sizes[1]: must be a whole number from 1 to"],
  ops: [1.5, "ops: must be a whole number"],
  seed: [2 ** 60, "seed: must be a number of up to 64 bits"],
  cases: ["10", "cases: must be a whole number"],
  time: ["soon", "time: must be a time such as 30s"],
  timeout: [-1, "timeout: must be a time"],
  jobs: [null, "jobs: must be a whole number"],
  out: [1, "out: must be text"],
  failOn: ["new,any", "failOn: must be one of new, any, none"],
  countAsNew: ["escaped", "countAsNew: must be a list"],
  baseline: [7, "baseline: must be text"],
  ci: [{ sections: ["fuzz", "speed"] }, "ci.sections[1]: must be one of invariants"],
  invariants: ["poison=off", "invariants: must be an object"],
};

describe("a mistake in a config", () => {
  it.each(Object.entries(WRONG))("is refused with its field: %s", (field, [value, message]) => {
    expect(() => checkConfig({ [field]: value }, "my.config.ts")).toThrow(
      `my.config.ts: ${message}`,
    );
  });

  it.each([
    ["ci.speed", { speed: 1 }, 'ci: unknown field "speed" (there are: quick'],
    ["ci.quick", { quick: "yes" }, "ci.quick: must be true or false"],
    ["ci.time", { time: "soon" }, "ci.time: must be a time"],
    ["ci.corpus", { corpus: 1 }, "ci.corpus: must be text"],
    ["ci", "quick", "ci: must be an object of fields"],
  ])("is refused with its field within a field: %s", (_, ci, message) => {
    expect(() => checkConfig({ ci }, "my.config.ts")).toThrow(`my.config.ts: ${message}`);
  });

  it("is refused when it is a field that does not exist", () => {
    expect(() => checkConfig({ bug: "all" }, "c.json")).toThrow(
      'c.json: unknown field "bug" (did you mean bugs?)',
    );
  });

  it.each([
    [{ poisn: false }, 'c: invariants: unknown invariant "poisn"'],
    [{ poison: true }, "c: invariants.poison: must be false, or N for one case of N"],
    [{ "red-zone": 1.5 }, "c: invariants: red-zone=1.5: off, or N"],
    [{ crash: false }, "c: invariants: crash is part of every verdict"],
  ])("is refused when it is an impossible setting of a rule: %j", (invariants, message) => {
    expect(() => checkConfig({ invariants }, "c")).toThrow(message);
  });

  it("is refused when the config is no object", () => {
    for (const config of [undefined, null, [], "all", 7]) {
      expect(() => checkConfig(config, "c.json")).toThrow("c.json: has to export an object");
    }
  });

  it("is refused when it is an empty list", () => {
    expect(() => checkConfig({ bugs: [] }, "c")).toThrow("c: bugs: must name at least one");
    expect(() => checkConfig({ sizes: [] }, "c")).toThrow("c: sizes: must name at least one");
  });
});
