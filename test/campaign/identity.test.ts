// Which results belong together: a number over the sources that decide a case, and no others.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { packagePath } from "../../src/base/package_file.ts";
import * as drivers from "../../src/campaign/driver_build.ts";
import { identityOf } from "../../src/campaign/identity.ts";
import { targetFor } from "../../src/targets/targets.ts";
import { sourceFiles } from "../helper/tree.ts";

const { decidingFiles, driverBuildOf, ENTRIES, readFromDisk } = drivers;

const files = decidingFiles(readFromDisk);
const build = driverBuildOf(files);

/** The number of the sources after a change of one file. */
function buildWith(path: string, text: string): string {
  return driverBuildOf(decidingFiles((one) => (one === path ? text : readFromDisk(one))));
}

describe("the driver's number", () => {
  it("is part of a campaign's identity", async () => {
    expect(identityOf(await targetFor({ bugs: ["none"] })).driver).toBe(build);
  });

  it("changes with every byte of every file that decides a case", () => {
    const same = [...files].filter(([path, text]) => {
      const at = text.length >> 1;
      const other = String.fromCharCode(text.charCodeAt(at) ^ 1);
      const changed = new Map(files).set(path, text.slice(0, at) + other + text.slice(at + 1));
      return driverBuildOf(changed) === build;
    });
    expect(same.map(([path]) => path)).toEqual([]);
  });

  it.each([
    "assembly/abi/op.ts",
    "src/base/prng.ts",
    "src/module/judge/judge.ts",
    "src/module/gen/generate.ts",
    "src/slub/gen/generate.ts",
    "src/slub/oracle/verdict.ts",
    "src/slub/oracle/symptom.ts",
    "src/slub/program/image.ts",
    "src/slub/run/judge.ts",
    "src/wasm/cap.ts",
    "src/wasm/fuel.ts",
    "src/wasm/instruction.ts",
    ...Object.keys(ENTRIES),
  ])("covers %s", (path) => {
    expect(files.has(path)).toBe(true);
    expect(buildWith(path, `${files.get(path)}// changed\n`)).not.toBe(build);
  });

  const words = sourceFiles(["src/html", "src/cli", "src/slub/words", "src/export"], ".ts");
  const others = [
    ...words.map(({ path }) => path),
    "src/campaign/status.ts",
    "src/campaign/estimate.ts",
    "src/slub/token.ts",
    "src/slub/shrink/shrink.ts",
    "src/module/shrink.ts",
    "src/module/question.ts",
    "src/module/replay.ts",
    "src/module/heap_record.ts",
    "src/pool/watched_worker.ts",
    "src/index.ts",
  ];

  it("does not change with words, pages, commands and shrinking", () => {
    expect(others.length).toBeGreaterThan(60);
    expect(others.filter((path) => readFromDisk(path) === undefined)).toEqual([]);
    expect(others.filter((path) => files.has(path))).toEqual([]);
    const isOther = new Set(others);
    const changed = decidingFiles((path) => {
      const text = readFromDisk(path);
      return isOther.has(path) ? `${text}// changed\n` : text;
    });
    expect(driverBuildOf(changed)).toBe(build);
  });

  it("loses a file with the only import of the file", () => {
    const path = "src/slub/gen/draft.ts";
    const text = files.get(path)!.replace(/^import .* from "\.\/draft_caches\.ts";$/m, "");
    const without = decidingFiles((one) => (one === path ? text : readFromDisk(one)));
    expect([...files.keys()].filter((one) => !without.has(one))).toEqual([
      "src/slub/gen/draft_caches.ts",
    ]);
  });

  it("gains a file with a type that becomes a value, or with an import at run time", () => {
    for (const line of ['import { x } from "../html/new.ts";', 'import("../html/new.ts");']) {
      const path = "src/target/tally.ts";
      const tree = new Map([...files, [path, `${files.get(path)}\n${line}\n`]]);
      const read = (one: string) => (one === "src/html/new.ts" ? "" : tree.get(one));
      expect(decidingFiles(read).has("src/html/new.ts")).toBe(true);
    }
  });

  it("does not depend on how lines end, but on the names of files", () => {
    const [[path, text], ...rest] = files;
    const windows = [...files].map(([name, lines]) => [name, lines.replaceAll("\n", "\r\n")]);
    expect(driverBuildOf(new Map(windows as [string, string][]))).toBe(build);
    expect(driverBuildOf(new Map([[`${path}x`, text], ...rest]))).not.toBe(build);
  });
});

describe("the built program", () => {
  it("computes the driver's number as its sources do", async () => {
    const path = packagePath("dist/src/campaign/driver_build.js");
    const built: typeof drivers = await import(pathToFileURL(path).href);
    expect(built.driverBuildOf(built.decidingFiles(readFromDisk))).toBe(build);
  });

  it("finds the driver's number where the build has written it", () => {
    const folder = mkdtempSync(join(tmpdir(), "slabfuzz-stamp-"));
    const path = join(folder, "driver_build.json");
    drivers.writeStamp(path);
    expect(drivers.readStamp(path).driver).toBe(build);
    expect(JSON.parse(readFileSync(path, "utf8")).files).toEqual([...files.keys()]);
    rmSync(folder, { recursive: true });
  });

  it("tells what to do where no driver's number is written", () => {
    expect(() => drivers.readStamp("/nowhere/x.json")).toThrow(
      "slabfuzz is not built completely, it lacks /nowhere/x.json: run npm run build",
    );
  });
});
