// Caches of reclaimable objects (letter K) become aliases of kmalloc-rcl-N, on the kernels on which
// kmalloc caches take in others. The recorded kernels were asked with these scripts; where a test
// says what they answer, it is their answer.
import { describe, expect, it } from "vitest";
import { machineFor } from "../../../src/slub/program/boot.ts";
import { KMALLOC_SIZES, secondKmallocNames } from "../../../src/slub/program/kmalloc.ts";
import type { ProfileName } from "../../../src/slub/program/op.ts";
import { parseScript } from "../../../src/slub/program/text.ts";
import { replay } from "../../../src/slub/run/replay.ts";
import { LogWriter } from "../../../src/slub/words/log.ts";
import type { MachineOverrides } from "../../../src/target/options.ts";
import { judgeScript } from "../../helper/judge.ts";

const WITH_RCL = ["v6.12", "v7.3"] as const;

/** The results of a script, operation by operation. */
function results(text: string, overrides: MachineOverrides): readonly string[] {
  const program = parseScript(text, "rcl.slab");
  const machine = machineFor(program, overrides);
  const writer = new LogWriter(machine);
  const lines = [...replay(program, machine)].flatMap((step) => writer.lines(step));
  return lines.filter((line) => line.includes(" => ")).map((line) => line.split(" => ")[1]);
}

/** The cache that the last line of a script merged into, if any. */
function mergedInto(text: string, overrides: MachineOverrides): string | undefined {
  return /^MERGED into (\S+)/.exec(results(text, overrides).at(-1) ?? "")?.[1];
}

describe.each(WITH_RCL)("a cache of reclaimable objects on %s", (profile) => {
  it.each(KMALLOC_SIZES.map((size, i) => [size, i]))(
    "of %i bytes becomes an alias of the kmalloc-rcl cache of that size",
    (size, i) => {
      const name = secondKmallocNames(profile)[i];
      const [result] = results(`cache r ${size} 0 KM\n`, { profile });
      expect(result).toContain(`MERGED into ${name} size=${size} object_size=${size} `);
    },
  );

  it("becomes one where its slot comes to that size", () => {
    expect(mergedInto("cache r 505 0 KM", { profile })).toBe("kmalloc-rcl-512");
    expect(mergedInto("cache r 456 0 KHM", { profile })).toBe("kmalloc-rcl-512");
    expect(mergedInto("cache r 456 0 KM", { profile })).toBeUndefined();
  });

  it("becomes none without K, without M, with a constructor or with slab_nomerge", () => {
    expect(mergedInto("cache r 512 0 HM", { profile })).toBe("kmalloc-512");
    expect(mergedInto("cache r 512 0 K", { profile })).toBeUndefined();
    expect(mergedInto("cache r 512 0 KM ctor", { profile })).toBeUndefined();
    expect(mergedInto("# boot: up slab_nomerge\ncache r 512 0 KM", { profile })).toBeUndefined();
  });

  it("shares its objects with the next such cache, and outlives its name", () => {
    const script =
      "cache a 512 0 KM\ncache b 505 0 KM\nalloc a x\nfree b x\ndestroy a\ndestroy b\n";
    const [first, second, , freed, one, other] = results(script, { profile });
    expect([/refcount=\d/.exec(first)?.[0], /refcount=\d/.exec(second)?.[0]]).toEqual([
      "refcount=2",
      "refcount=3",
    ]);
    expect([freed, one, other]).toEqual(["ok", "refcount=2", "refcount=1"]);
  });

  it("finds an alias of the kernel's in the one of 192 bytes", () => {
    expect(results("cache r 192 0 KM\n", { profile })[0]).toContain("refcount=3");
    const of64 = profile === "v7.3" ? 3 : 2;
    expect(results("cache r 64 0 KM\n", { profile })[0]).toContain(`refcount=${of64}`);
  });

  it("is a cache of its own where the boot line gives its kmalloc-rcl cache red zones", () => {
    const boot = (list: string): string => `# boot: up slub_debug=FZ,${list}\ncache r 256 0 KM\n`;
    expect(mergedInto(boot("kmalloc-rcl-256"), { profile })).toBeUndefined();
    expect(mergedInto(boot("kmalloc-*"), { profile })).toBeUndefined();
    expect(mergedInto(boot("kmalloc-rcl-512"), { profile })).toBe("kmalloc-rcl-256");
  });

  it("is judged like any other, in every size", () => {
    const traffic = KMALLOC_SIZES.flatMap((n) => [
      `cache c${n} ${n} 0 KM\nalloc c${n} a${n}\nalloc c${n} b${n}\nfill a${n} 0 ${n} 41\n`,
      `free c${n} a${n}\nvalidate c${n}\nshrink c${n}\nstate c${n}\n`,
      `free c${n} b${n}\ndestroy c${n}\n`,
    ]);
    expect(judgeScript(traffic.join(""), { profile }).judgement.verdict).toBe("ok");
    const over = "cache c 96 0 KM\nalloc c a\nalloc c b\nwrite a 96 4141414141414141\nfree c b\n";
    expect(judgeScript(over, { profile }).judgement.verdict).not.toBe("ok");
  });
});

describe("the debug option F", () => {
  const boot = "# boot: up slub_debug=F\ncache r 512 0 KM\n";

  it("lets caches merge on 6.12, and keeps them apart on 7.3", () => {
    expect(mergedInto(boot, { profile: "v6.12" })).toBe("kmalloc-rcl-512");
    expect(mergedInto(boot, { profile: "v7.3" })).toBeUndefined();
  });
});

describe("kernels on which no cache becomes an alias of kmalloc-rcl", () => {
  it.each(["v3.10", "v6.1"] as const)("%s makes a cache of its own", (profile: ProfileName) => {
    expect(mergedInto("cache r 512 0 KM", { profile })).toBeUndefined();
  });
});

describe("a cache for DMA memory on 3.10", () => {
  it("becomes an alias of dma-kmalloc, and is judged like any other", () => {
    const script = "cache d 96 0 DM\nalloc d x\nfree d x\n";
    expect(results(script, { profile: "v3.10" })[0]).toContain("MERGED into dma-kmalloc-96");
    expect(judgeScript(script, { profile: "v3.10" }).judgement.verdict).toBe("ok");
  });
});
