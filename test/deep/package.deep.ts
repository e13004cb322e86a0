// The packed package, installed by npm in an empty folder whose name has spaces and an umlaut, on
// each Node that is supported; and run there by npm without any installation. Needs the network.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "slabfuzz package-"));
const project = join(folder, "prüf stück");
const bin = join("node_modules", "slabfuzz", "bin", "slabfuzz.js");
let tarball: string;

function run(command: string, words: readonly string[], cwd = project): string {
  return execFileSync(command, words, { cwd, encoding: "utf8", stdio: "pipe" });
}

function npm(cwd: string, ...words: readonly string[]): string {
  return run("npm", words, cwd);
}

function emptyProject(path: string): void {
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "package.json"), '{ "private": true }\n');
}

/** The program of a Node, which an npm package brings. */
function nodeOf(major: number): string {
  const home = join(folder, `node ${major}`);
  const name = `node-${process.platform}-${process.arch}`;
  emptyProject(home);
  npm(home, "install", "--no-audit", "--no-fund", `${name}@${major}`);
  return join(home, "node_modules", name, "bin", "node");
}

beforeAll(() => {
  tarball = join(folder, npm(root, "pack", "--silent", "--pack-destination", folder).trim());
  emptyProject(project);
  npm(project, "install", "--no-audit", "--no-fund", tarball);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the installed package", () => {
  it.each([20, 22, 24])("replays, fuzzes, starts a project and gates on Node %d", (major) => {
    const node = nodeOf(major);
    for (const name of readdirSync(project)) {
      if (name !== "node_modules" && !name.startsWith("package")) {
        rmSync(join(project, name), { recursive: true });
      }
    }
    rmSync(join(project, ".github"), { recursive: true, force: true });
    const slabfuzz = (...words: readonly string[]) => run(node, [bin, ...words]);
    expect(run(node, ["--version"])).toMatch(new RegExp(`^v${major}\\.`));
    const fuzzed = JSON.parse(slabfuzz("fuzz", "--seed", "7", "--cases", "5000", "--json"));
    expect(fuzzed.digest).toBe("85ff01955f5d2000");
    expect(slabfuzz("init")).toContain("wrote slabfuzz.config.ts");
    expect(slabfuzz("replay", "corpus/off-by-one.slab")).toContain("Right Redzone overwritten");
    expect(slabfuzz("ci", "--quick")).toContain("\npassed: ");
    const use =
      'const { BUG_NAMES } = await import("slabfuzz"); console.log(BUG_NAMES.length > 20)';
    expect(run(node, ["--input-type=module", "-e", use])).toBe("true\n");
    expect(run(node, ["-e", `(async () => { ${use} })()`])).toBe("true\n");
  });

  it("refuses a Node that is too old in one line", () => {
    const node = nodeOf(18);
    const { status, stderr } = spawnSync(node, [bin, "--version"], {
      cwd: project,
      encoding: "utf8",
    });
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(/^slabfuzz needs Node .* v18.*\n$/),
    ]);
  });

  it("brings only its dependencies, fewer than a dozen packages", () => {
    const listed = npm(project, "ls", "--all", "--parseable").trim().split("\n").slice(1);
    expect(listed.length).toBeLessThan(12);
    expect(listed.some((path) => /assemblyscript$|typescript$|vitest$/.test(path))).toBe(false);
  });
});

describe("a project in TypeScript that has installed the package", () => {
  it("finds no mistake in its declarations, under Node's rules and a bundler's", () => {
    const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const versions = { ...manifest.peerDependencies, ...manifest.devDependencies };
    const needed = ["typescript", "@types/node", "vitest", "fast-check"].map(
      (name) => `${name}@${versions[name]}`,
    );
    npm(project, "install", "--no-audit", "--no-fund", ...needed);
    const entries = ["slabfuzz", "slabfuzz/fast-check", "slabfuzz/record", "slabfuzz/vitest"];
    const lines = entries.map((name, i) => `export * as entry${i} from "${name}";`);
    writeFileSync(join(project, "all.mts"), lines.join("\n"));
    const strict = ["--strict", "--exactOptionalPropertyTypes", "--skipLibCheck", "false"];
    for (const how of [
      ["--module", "node16"],
      ["--module", "esnext", "--moduleResolution", "bundler"],
    ]) {
      const words = [...strict, ...how, "--target", "es2022", "--noEmit", "all.mts"];
      expect(npm(project, "exec", "--", "tsc", ...words)).toBe("");
    }
  });
});

describe("the package without an installation", () => {
  it("starts a project in an empty folder and gates there", () => {
    const empty = join(folder, "leer ö");
    mkdirSync(empty);
    const slabfuzz = (...words: readonly string[]) =>
      npm(empty, "exec", "--yes", `--package=${tarball}`, "--", "slabfuzz", ...words);
    expect(slabfuzz("init")).toContain("npm install --save-dev slabfuzz\n");
    expect(slabfuzz("ci", "--sections", "corpus")).toMatch(/^corpus .* ok$/m);
    expect(slabfuzz("replay", "corpus/off-by-one.slab")).toContain("Right Redzone overwritten");
  });
});
