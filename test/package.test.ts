// The package as npm packs it, in a project that has installed it: its types compile under the
// strictest options, by import and by require; every file that the README links to exists; no
// script runs at installation; it is small and needs no dependency that only builds have.
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "slabfuzz-package-"));
const clone = join(folder, "clone");
const project = join(folder, "project");
const installed = join(project, "node_modules", "slabfuzz");

function run(cwd: string, command: string, ...words: readonly string[]): string {
  return execFileSync(command, words, { cwd, encoding: "utf8", stdio: "pipe" });
}

/** Packing changes package.json for a moment, which other tests read. */
function copyForPacking(): void {
  const { files } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const kept = files.filter((name: string) => !name.startsWith("!"));
  for (const name of ["package.json", "bin", ...kept]) {
    cpSync(join(root, name), join(clone, name), { recursive: true });
  }
}

/** Other packages are those of this folder. */
function install(): void {
  const tarball = join(clone, run(clone, "npm", "pack", "--silent").trim());
  run(folder, "tar", "-xzf", tarball);
  mkdirSync(dirname(installed), { recursive: true });
  cpSync(join(folder, "package"), installed, { recursive: true });
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (name.startsWith(".")) continue;
    symlinkSync(join(root, "node_modules", name), join(project, "node_modules", name));
  }
}

beforeAll(() => {
  run(root, process.execPath, "bin/build.js");
  copyForPacking();
  install();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const USES = `
import { BUG_NAMES, defineConfig, type GateResult, runGate, SlabHeap, UserError } from "slabfuzz";
import { programArbitrary } from "slabfuzz/fast-check";
import { record, type Recording } from "slabfuzz/record";
import { allocatorChecks, type CheckRequest, FindingError } from "slabfuzz/vitest";
export const config = defineConfig({ target: "slub", slubDebug: "FZP" });
export const result: Promise<GateResult> = runGate({ sections: [] });
export const heap: SlabHeap = new SlabHeap();
export const request: CheckRequest = { cases: 1 };
export const isUsers = (error: unknown) => error instanceof UserError;
export const isFinding = (error: unknown) => error instanceof FindingError;
export const recording: (exports: WebAssembly.Exports) => Recording = record;
export const programs = programArbitrary({ bugs: ["none"] });
console.log(BUG_NAMES.length > 20, allocatorChecks().length > 9, programs !== undefined);
// @ts-expect-error the types are not any: a misspelt option is refused
defineConfig({ targett: "slub" });
// @ts-expect-error a name that is not exported is refused, too
export type Nothing = import("slabfuzz").Nothing;
`;
/** No library "dom": many projects for Node have none. */
const STRICT = [
  ...["--strict", "--exactOptionalPropertyTypes"],
  ...["--target", "es2022", "--lib", "es2022", "--types", "node", "--esModuleInterop"],
];

const tsc = join(root, "node_modules", "typescript", "bin", "tsc");

/** Compiles files of the project; returns the paths of the output. */
function compiled(names: readonly string[], ...options: readonly string[]): readonly string[] {
  for (const name of names) writeFileSync(join(project, name), USES);
  const words = [tsc, ...STRICT, ...options, "--outDir", "out", ...names];
  try {
    run(project, process.execPath, ...words);
  } catch (error) {
    throw new Error((error as { stdout?: string }).stdout ?? String(error));
  }
  return names.map((name) => join(project, "out", name.replace("ts", "js")));
}

describe("a project that has installed the package", () => {
  // test/deep/package.deep.ts checks the declarations themselves, and for a bundler, too.
  it("compiles and runs modules and CommonJS under node16", () => {
    const options = ["--module", "node16", "--skipLibCheck", "true"];
    const paths = compiled(["use.mts", "use.cts"], ...options);
    const lines = paths.map((path) => run(project, process.execPath, "--no-warnings", path));
    expect(lines).toEqual(["true true true\n", "true true true\n"]);
  });

  it("gets the same exports from import and from require", () => {
    const names = (how: string) =>
      run(project, process.execPath, "--no-warnings", ...how.split("|"));
    const required = names('-p|Object.keys(require("slabfuzz")).sort().join()');
    const imported = names(
      '--input-type=module|-e|console.log(Object.keys(await import("slabfuzz")).sort().join())',
    );
    expect(required).toBe(imported);
  });
});

describe("the package", () => {
  const manifest = (path: string) => JSON.parse(readFileSync(join(path, "package.json"), "utf8"));

  it("runs no script at its installation, and a clone keeps its own", () => {
    const { scripts } = manifest(installed);
    const atInstallation = ["prepare", "preinstall", "install", "postinstall"];
    expect(Object.keys(scripts).filter((name) => atInstallation.includes(name))).toEqual([]);
    expect(manifest(clone)).toEqual(manifest(root));
    expect(manifest(clone).scripts.prepare).toBeDefined();
    expect(readdirSync(clone).filter((name) => name.startsWith("package.json."))).toEqual([]);
  });

  it("has less than 2 MB, no sources of tests, and no need of what only builds need", () => {
    const [tarball] = readdirSync(clone).filter((name) => name.endsWith(".tgz"));
    expect(statSync(join(clone, tarball)).size).toBeLessThan(2_000_000);
    const names = readdirSync(installed, { recursive: true }).map(String);
    expect(names.filter((name) => /\.test\.|\.js\.map$|^node_modules/.test(name))).toEqual([]);
    const { dependencies, devDependencies } = manifest(installed);
    const needed = Object.keys(dependencies);
    const imported = importedPackages(names);
    expect(imported).toContain("commander");
    expect(imported.filter((name) => !needed.includes(name))).toEqual([]);
    expect(needed.filter((name) => name in devDependencies)).toEqual([]);
  });

  it("is restored where packing was interrupted", () => {
    const whole = readFileSync(join(clone, "package.json"), "utf8");
    for (const when of ["before", "before", "after"]) run(clone, "node", "bin/pack.js", when);
    expect(readFileSync(join(clone, "package.json"), "utf8")).toBe(whole);
  });

  it("holds every file that its README and its documents link to", () => {
    const missing = documents().flatMap((path) => {
      const text = readFileSync(join(installed, path), "utf8");
      const links = [...text.matchAll(/\]\(([^)#:]+)[)#]/g)].map(([, link]) => link);
      const paths = links.map((link) => join(dirname(path), link));
      return paths.filter((one) => !isForClones(one) && !existsSync(join(installed, one)));
    });
    expect(missing).toEqual([]);
    expect(documents().length).toBeGreaterThan(10);
  });

  function documents(): readonly string[] {
    const docs = readdirSync(join(installed, "docs")).filter((name) => name.endsWith(".md"));
    return ["README.md", ...docs.map((name) => join("docs", name))];
  }

  /** Without the optional peer, and without the two files that hold scripts for other projects. */
  function importedPackages(names: readonly string[]): readonly string[] {
    const others = /(fast_check|vitest_file|init)\.js$/;
    const scripts = names.filter((name) => name.endsWith(".js") && !others.test(name));
    const found = scripts.flatMap((name) => {
      const text = readFileSync(join(installed, name), "utf8");
      const imports = text.matchAll(
        /^(?:im|ex)port [\w{}*$,\s]*from "(@[\w-]+\/[\w-]+|[\w-]+)[^":]*";$/gm,
      );
      return [...imports].map(([, one]) => one);
    });
    return [...new Set(found)].sort();
  }

  /** Documents about building slabfuzz itself stay with its sources. */
  function isForClones(path: string): boolean {
    return /^(assembly|src|test|bench|CONTRIBUTING\.md)/.test(path);
  }
});
