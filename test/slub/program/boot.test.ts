import { describe, expect, it } from "vitest";
import { Letter } from "../../../src/abi.ts";
import {
  bootLettersFor,
  globalLettersOf,
  headerOf,
  kmallocLettersOf,
  machineFor,
  resolveMachine,
} from "../../../src/slub/program/boot.ts";
import type { Machine } from "../../../src/slub/program/machine.ts";
import type { Header } from "../../../src/slub/program/op.ts";
import { parseScript } from "../../../src/slub/program/text.ts";
import type { MachineOverrides } from "../../../src/target/options.ts";

function machine(header: Partial<Header>, overrides: MachineOverrides = {}): Machine {
  return resolveMachine({ comments: [], ...header }, overrides);
}

describe("the kernel variant", () => {
  it.each([
    ["up", "v6.1", 1, false, false, false, 0xffffffff8197f000n, 0xffffc90000043000n],
    ["updl", "v6.1", 1, true, false, false, 0xffffffff8197f000n, 0xffffc90000043000n],
    ["smp", "v6.1", 4, false, true, false, 0xffffffff81b9e000n, 0xffffc90000002000n],
    ["smph", "v6.1", 4, true, true, true, 0xffffffff81b9e000n, 0xffffc90000002000n],
    ["up", "v6.12", 1, false, false, false, 0xffffffff81797000n, 0xffffc90000043000n],
    ["smp", "v6.12", 4, false, true, false, 0xffffffff819bb000n, 0xffffc90000002000n],
    ["v310", "v3.10", 1, true, true, false, 0xffffffff81a00000n, 0xffffc90003fed000n],
    ["v310ndl", "v3.10", 1, false, true, false, 0xffffffff81a00000n, 0xffffc90003fed000n],
  ])(
    "%s of %s is modelled with its own configuration",
    (boot, profile, nrCpuIds, debugList, cpuPartial, hardened, glob, vglob) => {
      expect(machine({ boot }, { profile })).toMatchObject({
        profile,
        variant: boot,
        cpus: nrCpuIds,
        nrCpuIds,
        debugList,
        cpuPartial,
        hardened,
        glob,
        vglob,
        gaps: profile === "v3.10",
      });
    },
  );

  it("debian has of its options what the kernel has", () => {
    const of = (profile: string) => {
      const { debugList, hardened, initOnAlloc, listHardened, nrCpuIds, randomised } = machine(
        { boot: "debian" },
        { profile },
      );
      return { debugList, hardened, initOnAlloc, listHardened, nrCpuIds, randomised };
    };
    const both = { hardened: true, randomised: true, initOnAlloc: true, nrCpuIds: 4 };
    expect(of("v6.1")).toEqual({ ...both, debugList: true, listHardened: false });
    expect(of("v6.12")).toEqual({ ...both, debugList: false, listHardened: true });
    expect(of("v7.3")).toEqual(of("v6.12"));
    expect(of("v3.10")).toMatchObject({ debugList: true, hardened: false, initOnAlloc: false });
    expect(() => machine({}, { profile: "v3.10", boot: "debian" })).toThrow(
      "variant debian is no configuration of v3.10",
    );
  });

  it("BUG_ON_DATA_CORRUPTION selects the checks of lists that the kernel has", () => {
    const of = (profile: string) => {
      const chosen = machine({ boot: "up", config: "+BUG_ON_DATA_CORRUPTION" }, { profile });
      return [chosen.bugOnCorruption, chosen.debugList, chosen.listHardened];
    };
    expect(of("v6.1")).toEqual([true, true, false]);
    expect(of("v6.12")).toEqual([true, false, true]);
    expect(of("v7.3")).toEqual(of("v6.12"));
  });

  it("v310nm alone lacks MEMCG_KMEM among those of 3.10", () => {
    const has = (boot: string) => machine({ boot }).memcgKmem;
    expect(["v310", "v310ndl", "v310nm"].map(has)).toEqual([true, true, false]);
  });
});

describe("the kernel of a script", () => {
  it("is 6.1 with boot variant up by default", () => {
    expect(machine({})).toMatchObject({ profile: "v6.1", variant: "up", nomerge: false });
  });

  it("is taken from a 3.10 variant, or from the header", () => {
    expect(machine({ boot: "v310ndl" }).profile).toBe("v3.10");
    expect(machine({ boot: "smp", profile: "v6.12" }).profile).toBe("v6.12");
    expect(machine({ profile: "v3.10" }).variant).toBe("v310");
  });

  it("can be changed for the same script: the closest variant is taken", () => {
    expect(machine({ boot: "v310", cpus: 4 }, { profile: "v6.1" })).toMatchObject({
      variant: "smp",
      debugList: true,
      nrCpuIds: 4,
    });
    expect(machine({ boot: "v310ndl" }, { profile: "v6.12" })).toMatchObject({
      variant: "up",
      debugList: false,
    });
    expect(machine({ boot: "smph" }, { profile: "v3.10" })).toMatchObject({
      variant: "v310",
      hardened: false,
      nrCpuIds: 4,
    });
  });

  it("is refused where it lacks the variant", () => {
    expect(() => machine({}, { profile: "v6.1", boot: "v310" })).toThrow(
      "variant v310 is no configuration of v6.1",
    );
    expect(() => machine({}, { profile: "v7" })).toThrow('unknown profile "v7"');
  });
});

describe("the command line's options", () => {
  const header = { boot: "v310 slub_debug=FZ slub_nomerge", cpus: 4 };

  it("keep the kernel's parameters where --boot is a name", () => {
    const chosen = machine(header, { boot: "up" });
    expect(chosen).toMatchObject({ profile: "v6.1", variant: "up", cpus: 1, nomerge: true });
    expect(chosen.slubDebug.text).toBe("FZ");
  });

  it("replace the parameters where --boot has parameters", () => {
    const chosen = machine(header, { boot: "v310ndl slub_debug=P" });
    expect(chosen).toMatchObject({ nomerge: false, slubDebug: { text: "P" }, nrCpuIds: 4 });
  });

  it("replace only slub_debug with --slub-debug", () => {
    const chosen = machine(header, { slubDebug: "-" });
    expect(chosen).toMatchObject({ nomerge: true, slubDebug: { text: "-", global: 0 } });
    expect(() => machine(header, { slubDebug: "FQ" })).toThrow(
      "slub_debug=FQ: no debug option has the letter Q",
    );
  });

  it("replace the header's values with --cpus, --config and a seed", () => {
    const own = { boot: "smp", cpus: 2, seed: 5n, config: "+DEBUG_LIST" };
    const overrides = { cpus: 3, seed: 0x100000007n, config: "+SLAB_FREELIST_HARDENED" };
    const chosen = machine(own, overrides);
    expect(chosen).toMatchObject({ nrCpuIds: 3, seedHigh: 1, seedLow: 7 });
    expect(chosen).toMatchObject({ hardened: true, debugList: false });
  });
});

describe("the number of CPUs", () => {
  it("is the counted one, up to the four that can be simulated", () => {
    expect(machine({ boot: "v310", cpus: 64 })).toMatchObject({ cpus: 4, nrCpuIds: 64 });
  });

  it("is one on a kernel for one CPU", () => {
    expect(() => machine({ boot: "up", cpus: 2 })).toThrow("a kernel for one CPU, not 2");
    expect(() => machine({ boot: "smp", cpus: 0 })).toThrow("1 to 8192 CPUs, not 0");
  });
});

describe("a kernel parameter", () => {
  it("of another version is passed over, as that kernel does", () => {
    expect(machine({ boot: "v310 slab_nomerge" }).nomerge).toBe(false);
    expect(machine({ boot: "up slab_debug=F" }).slubDebug.given).toBe(false);
    expect(machine({ boot: "up slab_debug=F", profile: "v6.12" }).slubDebug.global).toBe(Letter.F);
  });

  it("switches what the configuration says of init_on_alloc, either way", () => {
    const clears = (boot: string, config = "") => machine({ boot, config }).initOnAlloc;
    const on = ["smp init_on_alloc=1", "up init_on_alloc=y", "debian", "debian init_on_alloc=on"];
    expect(on.map((boot) => clears(boot))).toEqual(on.map(() => true));
    const off = ["smp", "debian init_on_alloc=0", "v310 init_on_alloc=1", "smp init_on_alloc=of"];
    expect(off.map((boot) => clears(boot))).toEqual(off.map(() => false));
    expect(clears("smp", "+INIT_ON_ALLOC_DEFAULT_ON")).toBe(true);
    expect(clears("smp init_on_alloc=0", "+INIT_ON_ALLOC_DEFAULT_ON")).toBe(false);
    expect(() => clears("smp init_on_alloc=2")).toThrow(
      'kernel parameter "init_on_alloc=2" is neither 0 nor 1',
    );
    expect(() => clears("smp init_on_alloc")).toThrow("is neither 0 nor 1");
  });

  it("may stand in quotes, and the last of a kind counts", () => {
    const boot = 'up slub_debug="F;Z,c" slab_nomerge slab_merge';
    const chosen = machine({ boot });
    expect(chosen.nomerge).toBe(false);
    expect(bootLettersFor(chosen, "c", 0)).toBe(Letter.Z);
  });
});

describe("the letters of the boot parameter", () => {
  it("reach the kmalloc caches by the names of their version", () => {
    const large = (profile: string, boot: string) =>
      kmallocLettersOf(machine({ boot: `${boot} slub_debug=Z,kmalloc-1k` }, { profile }))[9];
    expect(large("v6.1", "up")).toBe(Letter.Z);
    expect(large("v3.10", "v310")).toBe(0);
  });

  it("are the global ones where no list names the cache", () => {
    const boot = "up slub_debug=FO;Z,a;P,b";
    expect(globalLettersOf(machine({ boot }))).toBe(Letter.F | Letter.ORDER_GUARD);
    expect(globalLettersOf(machine({ boot: "v310 slub_debug=FZ,kmalloc" }))).toBe(0);
    expect(globalLettersOf(machine({}))).toBe(0);
  });
});

describe("a header made from a machine", () => {
  it.each([
    [{ boot: "up" }],
    [{ boot: "smph slub_debug=FZ,a;U slab_nomerge", cpus: 2, profile: "v6.12" as const }],
    [{ boot: "v310nm slub_debug", cpus: 64, seed: 12n }],
    [{ boot: "smp slub_debug=-", config: "+SLAB_FREELIST_RANDOM -SLUB_CPU_PARTIAL" }],
    [{ phys: { basePfn: 0x36000, pages: 8192 } }],
    [{ boot: "debian slub_debug=F", profile: "v7.3" as const }],
    [{ boot: "debian init_on_alloc=0", profile: "v6.1" as const, config: "-DEBUG_LIST" }],
    [{ boot: "smp init_on_alloc=1", profile: "v6.12" as const, config: "+LIST_HARDENED" }],
    [{ boot: "up", config: "+INIT_ON_ALLOC_DEFAULT_ON" }],
    [{ boot: "smp", config: "+BUG_ON_DATA_CORRUPTION" }],
    [{ boot: "debian", config: "-BUG_ON_DATA_CORRUPTION" }],
  ])("resolves to the same machine (%#)", (header) => {
    const chosen = machine(header);
    expect(resolveMachine(headerOf(chosen))).toEqual(chosen);
  });
});

describe("the option --config", () => {
  it.each([
    ["v6.1", "DEBUG_LIST"],
    ["v6.1", "+LIST_HARDENED"],
    ["v3.10", "+INIT_ON_ALLOC_DEFAULT_ON"],
    ["v3.10", "+BUG_ON_DATA_CORRUPTION"],
    ["v6.1", "+MEMCG_KMEM"],
    ["v3.10", "+SLAB_FREELIST_HARDENED"],
    ["v6.1", "+NOPE"],
  ])("on %s refuses %s", (profile, config) => {
    expect(() => machine({}, { profile, config })).toThrow(`config "${config}": ${profile} can`);
  });
});

describe("the memory of a machine", () => {
  const memoryOf = (text: string) => {
    const { physBasePfn, physPages } = machineFor(parseScript(text, "x"));
    return [physBasePfn, physPages];
  };

  it("is 16 MiB from frame 0x3fec on by default", () => {
    expect(memoryOf("info")).toEqual([0x3fec, 4096]);
    expect(memoryOf("nextpfn 4500")).toEqual([0x3fec, 4096]);
  });

  it("lies around the frames that the program names", () => {
    expect(memoryOf("nextpfn 363fe")).toEqual([0x35c00, 4096]);
    expect(memoryOf("nextpfn 36000\nnextpfn 37800")).toEqual([0x35c00, 8192]);
  });

  it("lies where the header says", () => {
    expect(memoryOf("# phys: 0x36000 2048\nnextpfn 363fe")).toEqual([0x36000, 2048]);
  });
});
