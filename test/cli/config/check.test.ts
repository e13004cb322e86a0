import { describe, expect, it } from "vitest";
import { checkConfig } from "../../../src/cli/config/check.ts";
import { OPTIONS } from "../../../src/cli/options/campaign_options.ts";
import { WORKLOAD_NAMES } from "../../../src/slub/gen/options.ts";
import { INJECTED_BUGS } from "../../../src/target/bug_names.ts";
import { WHOLE, WRONG } from "../../helper/configs.ts";

describe("a config", () => {
  it("can hold every option of the command", () => {
    expect(Object.keys(WHOLE).sort()).toEqual(Object.keys(OPTIONS).sort());
    expect(checkConfig({ ...WHOLE, exports: undefined }, "x")).toEqual({
      target: "slub",
      module: "a.wasm",
      stopOnFirst: true,
      instrument: false,
      fuel: 5_000_000,
      memory: 2 ** 27,
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
      ops: 200,
      seed: 7n,
      cases: 1000,
      time: 120_000,
      timeout: 500,
      jobs: 2,
      pages: true,
      out: "found",
      failOn: "any",
      baseline: "known.txt",
      ci: {
        quick: true,
        time: 5000,
        corpus: "programs",
        golden: "answers.json",
        cost: "cost.json",
        costTolerance: 2.5,
        out: "reports",
        sections: ["corpus", "fuzz"],
        detects: ["double-free"],
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
      time: 30_000,
      seed: 0xffffffffffffffffn,
    });
    expect(checkConfig({ bugs: "none", workload: "fifo", sizes: "kernel" }, "x")).toEqual({
      bugs: ["none"],
      workload: ["fifo"],
      sizes: "kernel",
    });
  });
});

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
