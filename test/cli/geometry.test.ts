// The command geometry. The tables of the recordings check its figures against real kernels.
import { describe, expect, it } from "vitest";
import { slabfuzz } from "../helper/command.ts";
import { runSlabfuzz } from "../helper/process.ts";

describe("slabfuzz geometry", () => {
  const run = async (words: readonly string[], input?: string) => {
    const line = ["geometry", ...words];
    const ended = input === undefined ? slabfuzz(...line) : runSlabfuzz(line, { input });
    const { code, out, error } = await ended;
    return [code ?? 0, out, error] as const;
  };

  it("completes rows from stdin and keeps comments", async () => {
    const input = "# mine\nobject_size align flags ctor and more\n312 0 H 0 whatever\n";
    expect(await run(["-", "--boot", "v310", "--cpus", "4"], input)).toEqual([
      0,
      [
        "# mine",
        "object_size\talign\tflags\tctor\tsize\tinuse\toffset\ts_align\torder\tobjects\t" +
          "min_order\tmin_objects\tmin_partial\tcpu_partial\tkflags",
        "312\t0\tH\t0\t320\t312\t0\t64\t1\t25\t0\t12\t5\t13\t0x40802000",
        "",
      ].join("\n"),
      "",
    ]);
  });

  it("refuses a malformed row with its line, and prints no table", async () => {
    const sentence = "stdin:2: a row is SIZE ALIGN FLAGS 0|1, with a size of at least 1\n";
    expect(await run(["-"], "64 0 - 0\n0 0 - 0\n")).toEqual([2, "", sentence]);
  });

  it("draws one object", async () => {
    const [status, out] = await run(["20", "--flags", "FZPU"]);
    expect(status).toBe(0);
    expect(out).toBe(`v6.1 up, nr_cpu_ids 1: object_size 20, align 0, flags FZPU
  size              112
  inuse             24
  offset            24
  red_left_pad      8
  s_align           8
  order             0
  objects           36
  min_order         0
  min_objects       36
  min_partial       5
  cpu_partial       0
  cpu_partial_slabs 0
  kflags            0x80810d00

         -8..0      8 bytes  left red zone
         0..20     20 bytes  object
        20..24      4 bytes  right red zone
        24..32      8 bytes  free pointer
        32..64     32 bytes  allocation track
        64..96     32 bytes  free track
       96..104      8 bytes  padding

slab: order 0, 4096 bytes, 36 objects, 64 left over
`);
  });

  it("explains a row on request, for one kernel or for all", async () => {
    const [status, all] = await run(["20", "--flags", "FZPU", "--explain"]);
    expect(status).toBe(0);
    for (const profile of ["v3.10 v310", "v6.1 up", "v6.12 up", "v7.3 up"]) {
      expect(all).toContain(`${profile}, nr_cpu_ids 1: `);
    }
    const [, one] = await run(["20", "--explain", "--profile", "v6.12", "--boot", "smp"]);
    expect(one.match(/nr_cpu_ids/g)).toHaveLength(1);
  });

  it("does not explain a whole table", async () => {
    const sentence = "rows of a table are completed, not explained: name one size\n";
    expect(await run(["-", "--explain"])).toEqual([2, "", sentence]);
  });

  it("prints a record of a size that the kernel refuses, and ends with 2", async () => {
    const [status, out, error] = await run(["8388608", "--json"]);
    expect([status, error]).toEqual([
      2,
      "8388608: no kernel that was asked gives a cache of this size\n",
    ]);
    expect(JSON.parse(out)).toEqual({
      profile: "v6.1",
      boot: "up",
      cpus: 1,
      object_size: 8388608,
      align: 0,
      flags: "-",
      ctor: false,
      failed: true,
    });
  });
});
