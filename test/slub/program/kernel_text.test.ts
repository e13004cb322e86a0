import { describe, expect, it } from "vitest";
import { Caller, Fn } from "../../../src/abi.ts";
import { kernelTextOf } from "../../../src/slub/program/kernel_text.ts";
import type { VariantName } from "../../../src/slub/program/machine.ts";
import type { ProfileName } from "../../../src/slub/program/op.ts";

const BUILDS: readonly (readonly [ProfileName, VariantName])[] = [
  ["v3.10", "v310"],
  ...(["v6.1", "v6.12"] as const).flatMap((profile) =>
    (["up", "updl", "smp", "smph"] as const).map((variant) => [profile, variant] as const),
  ),
];

/** Read from tracks of the running kernels: an alloc, an allocn, a kmalloc, a free, a freen. */
const READ: readonly (readonly [ProfileName, VariantName, readonly number[]])[] = [
  ["v6.1", "up", [0x810ce4a5, 0x810ceaef, 0x810ce1b7, 0x810cedd8, 0x810cea26]],
  ["v6.1", "updl", [0x810d0cc5, 0x810d130f, 0x810d09d7, 0x810d15f8, 0x810d1246]],
  ["v6.1", "smp", [0x81102015, 0x8110265f, 0x81101d27, 0x81102948, 0x81102596]],
  ["v6.1", "smph", [0x81104d85, 0x811053cd, 0x81104a97, 0x811056b6, 0x81105304]],
  ["v6.12", "up", [0x810eedef, 0x810ef2f1, 0x810eeee4, 0x810ef6cb, 0x810ef228]],
  ["v6.12", "updl", [0x810f19ef, 0x810f1ef1, 0x810f1ae4, 0x810f22cb, 0x810f1e28]],
  ["v6.12", "smp", [0x8112b73f, 0x8112bc41, 0x8112b834, 0x8112c01b, 0x8112bb78]],
  ["v6.12", "smph", [0x8112e52f, 0x8112ea2f, 0x8112e624, 0x8112ee09, 0x8112e966]],
];
const READ_CALLERS = [Caller.ALLOC, Caller.ALLOC_N, Caller.KMALLOC, Caller.FREE, Caller.FREE_N];

describe("the code that tracks name", () => {
  it.each(READ)("has the addresses that tracks of %s %s hold", (profile, variant, low) => {
    const { callers } = kernelTextOf({ profile, variant });
    const addresses = low.map((address) => 0xffffffff00000000n + BigInt(address));
    expect(READ_CALLERS.map((caller) => callers[caller])).toEqual(addresses);
  });

  it.each(BUILDS)("of %s %s lies in one of its functions", (profile, variant) => {
    const { callers, functions } = kernelTextOf({ profile, variant });
    expect(callers).toHaveLength(Caller.COUNT);
    const homes = callers.map(
      (address) =>
        functions.filter(({ start, size }) => address >= start && address < start + BigInt(size))
          .length,
    );
    expect(homes).toEqual(callers.map(() => 1));
  });

  it("names kmem_cache_free_bulk where a kernel does not inline it", () => {
    const named = BUILDS.filter(([profile, variant]) =>
      kernelTextOf({ profile, variant }).functions.some(({ fn }) => fn === Fn.KMEM_CACHE_FREE_BULK),
    );
    expect(new Set(named.map(([profile]) => profile))).toEqual(new Set(["v6.1"]));
  });
});
