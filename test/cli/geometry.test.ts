// The command geometry. The tables of the recordings check its figures against real kernels.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

describe("slabfuzz geometry", { timeout: 60_000 }, () => {
  const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
  const run = (args: readonly string[], input = "") => {
    const done = spawnSync(process.execPath, ["--import", "tsx", main, "geometry", ...args], {
      input,
      encoding: "utf8",
      env: { ...process.env, NODE_NO_WARNINGS: "1" },
    });
    return [done.status, done.stdout, done.stderr];
  };

  it("completes rows from stdin and keeps comments", () => {
    const input = "# mine\nobject_size align flags ctor and more\n312 0 H 0 whatever\n";
    expect(run(["-", "--boot", "v310", "--cpus", "4"], input)).toEqual([
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

  it("refuses a malformed row with its line, and prints no table", () => {
    const sentence = "stdin:2: a row is SIZE ALIGN FLAGS 0|1, with a size of at least 1\n";
    expect(run(["-"], "64 0 - 0\n0 0 - 0\n")).toEqual([2, "", sentence]);
  });

  it("draws one object", () => {
    const [status, out] = run(["20", "--flags", "FZPU"]);
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

  it("explains a row on request, for one kernel or for all", () => {
    const [status, all] = run(["20", "--flags", "FZPU", "--explain"]);
    expect(status).toBe(0);
    for (const profile of ["v3.10 v310", "v6.1 up", "v6.12 up", "v7.0 up"]) {
      expect(all).toContain(`${profile}, nr_cpu_ids 1: `);
    }
    const [, one] = run(["20", "--explain", "--profile", "v6.12", "--boot", "smp"]);
    expect(String(one).match(/nr_cpu_ids/g)).toHaveLength(1);
  });

  it("does not explain a whole table", () => {
    const sentence = "rows of a table are completed, not explained: name one size\n";
    expect(run(["-", "--explain"])).toEqual([2, "", sentence]);
  });

  it("prints a record of a size that the kernel refuses, and ends with 2", () => {
    const [status, out, error] = run(["8388608", "--json"]);
    expect([status, error]).toEqual([
      2,
      "8388608: no kernel that was asked gives a cache of this size\n",
    ]);
    expect(JSON.parse(String(out))).toEqual({
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
