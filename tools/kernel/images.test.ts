import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withFile } from "./cpio.ts";
import { findKernels, imageOf, initramfsOf, type SearchRequest } from "./images.ts";
import { readOptions } from "./options.ts";

let root = "";

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "slabfuzz-images-"));
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

function put(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "");
}

function search(request: Partial<SearchRequest>) {
  const none = { folder: "kernels", path: root, root, kernel: undefined, variant: undefined };
  return findKernels({ ...none, ...request });
}

function putImage(kernel: "v6.1" | "v6.12", variant: "up" | "smp"): void {
  const folder = join(root, "kernels");
  put(imageOf(folder, { kernel, variant }));
  put(initramfsOf(folder, { kernel, variant }));
}

describe("the search for kernels", () => {
  it("is skipped where no folder of images exists and none was named", () => {
    expect(search({ folder: undefined })).toHaveProperty(
      "missing",
      expect.stringMatching(/^no kernel images in .*; name their folder with SLABFUZZ_KERNELS$/),
    );
  });

  it("treats an empty name of a folder as none", () => {
    expect(search({ folder: "" })).toEqual(search({ folder: undefined }));
  });

  it("refuses a named folder that does not exist", () => {
    expect(() => search({})).toThrow(`SLABFUZZ_KERNELS: no folder ${join(root, "kernels")}`);
  });

  it("is skipped where QEMU is missing", () => {
    putImage("v6.1", "up");
    expect(search({})).toHaveProperty("missing", expect.stringContaining("no qemu-system-x86_64"));
  });

  it("takes the existing builds", () => {
    putImage("v6.1", "up");
    putImage("v6.12", "smp");
    put(join(root, "qemu-system-x86_64"));
    expect(search({})).toHaveProperty("builds", [
      { kernel: "v6.1", variant: "up" },
      { kernel: "v6.12", variant: "smp" },
    ]);
  });

  it("refuses a named kernel without an image, before it looks for QEMU", () => {
    putImage("v6.1", "up");
    const request = { kernel: "v6.12", variant: "up" };
    expect(() => search(request)).toThrow(/^no kernel v6\.12 up: .*bzImage-up is missing$/);
  });

  it("refuses an unknown kernel name", () => {
    expect(() => search({ kernel: "v6.2" })).toThrow('unknown kernel "v6.2"');
    expect(() => search({ variant: "big" })).toThrow('unknown variant "big"');
  });
});

it("an added file lies in an archive at a place where the kernel finds it", () => {
  const archive = withFile(Buffer.from("abc"), "s", "000.txt", "hello");
  expect(archive.subarray(0, 3).toString()).toBe("abc");
  expect(archive.subarray(512, 518).toString()).toBe("070701");
  const file = archive.indexOf("s/000.txt\0");
  expect(file % 4).toBe((512 + 110) % 4);
  expect(archive.indexOf("hello") % 4).toBe(0);
  expect(archive.length % 4).toBe(0);
});

describe("the options of the kernel test", () => {
  it("have defaults", () => {
    const { programs, seed, jobs } = readOptions([]);
    expect({ programs, seed, jobs }).toEqual({ programs: 200, seed: { high: 0, low: 1 }, jobs: 2 });
  });

  it("refuse a value that is no number, and an unknown option", () => {
    expect(() => readOptions(["--programs", "many"])).toThrow("--programs needs a whole number");
    expect(() => readOptions(["--jobs", "0"])).toThrow("--jobs needs a whole number from 1 on");
    expect(() => readOptions(["--first", "7"])).toThrow("--first needs a multiple of 32, not 7");
    expect(() => readOptions(["--quick"])).toThrow("Unknown option '--quick'");
  });
});
