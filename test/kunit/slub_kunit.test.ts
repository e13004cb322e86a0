// The kernel's own unit tests of SLUB, with the exact numbers of errors that it counts.
import { describe, expect, it } from "vitest";
import { KERNELS, type KernelName } from "../recordings/archive.ts";
import { KUNIT_CASES, type KunitCase, RESILIENCY_STEPS, variantsOf } from "./cases.ts";
import { runCase } from "./runner.ts";

/** How many cases of the newest list each kernel is asked; 3.10 only has what they damage. */
const ASKED: Readonly<Record<KernelName, number>> = {
  "v3.10": 5,
  "v6.1": 5,
  "v6.12": 8,
  "v7.3": 10,
};

const presentOn = (cases: readonly KunitCase[], kernel: KernelName) =>
  cases.filter(({ absent }) => absent[kernel] === undefined);

it("the newest list of slub_kunit has all ten cases", () => {
  expect(KUNIT_CASES.map(({ name }) => name)).toEqual([
    "test_clobber_zone",
    "test_next_pointer",
    "test_first_word",
    "test_clobber_50th_byte",
    "test_clobber_redzone_free",
    "test_kmalloc_redzone_access",
    "test_kfree_rcu",
    "test_leak_destroy",
    "test_krealloc_redzone_zeroing",
    "test_kfree_rcu_wq_destroy",
  ]);
});

describe.each(KERNELS)("slub_kunit on %s", (kernel) => {
  const cases = presentOn(KUNIT_CASES, kernel);

  it(`has ${ASKED[kernel]} cases`, () => {
    expect(cases).toHaveLength(ASKED[kernel]);
  });

  describe.each(cases.map((one) => [one.name, one] as const))("counts in the case %s", (_, one) => {
    const texts = one.checks.map(({ errors, because }) => `${errors} (${because})`);

    it.each(variantsOf(kernel))(`${texts.join(", then ")} errors on %s`, (variant) => {
      const { checks, elsewhere, ran, length } = runCase(one, kernel, variant);
      expect(checks).toEqual(one.checks.map(({ errors }) => errors));
      expect([elsewhere, ran]).toEqual([0, length]);
    });
  });
});

describe("the self test of 3.10", () => {
  it.each(RESILIENCY_STEPS.map((step) => [step.name, step] as const))(
    "counts as the kernel does in the step %s",
    (_, step) => {
      for (const variant of variantsOf("v3.10")) {
        const { checks, elsewhere } = runCase(step, "v3.10", variant);
        expect(checks).toEqual(step.checks.map(({ errors }) => errors));
        expect(elsewhere).toBe(0);
      }
    },
  );
});

describe("a kernel without a case of its own", () => {
  it("counts no error on 6.1, which keeps the requested size and does not check it", () => {
    const one = KUNIT_CASES.find(({ name }) => name === "test_kmalloc_redzone_access");
    expect(one && runCase(one, "v6.1", "up").checks).toEqual([0]);
  });

  it("counts the slab of a leaked object on 6.1 and 3.10, and not the object", () => {
    const one = KUNIT_CASES.find(({ name }) => name === "test_leak_destroy");
    expect(one && runCase(one, "v6.1", "up").checks).toEqual([1]);
    expect(one && runCase(one, "v3.10", "v310").checks).toEqual([1]);
  });
});

describe("the error counter", () => {
  const checksOf = (script: readonly string[], kernel: KernelName): readonly number[] => {
    const one = { name: "", since: "", script, checks: [], absent: {} };
    return runCase(one, kernel, kernel === "v3.10" ? "v310" : "up").checks;
  };

  it("counts a slab's damaged tail as report and FIX, and since 6.12 as the FIX alone", () => {
    // 56 objects of 72 bytes leave a tail of 64 bytes; this is the last one.
    const script = ["cache c 64 0 P", "alloc c p", "write p 4095 00", "validate c"];
    expect(KERNELS.map((kernel) => checksOf(script, kernel))).toEqual([[2], [2], [1], [1]]);
  });

  it("counts a slab that is on no list", () => {
    // On 6.x the alloc that finds the poison damaged takes the slab off its list for good.
    const damage = ["cache c 64 0 FPU", "alloc c p", "free c p", "write p 0 78", "alloc c q"];
    const script = [...damage, "validate c"];
    expect([checksOf(script, "v6.1"), checksOf(script, "v6.12")]).toEqual([[1], [1]]);
  });
});
