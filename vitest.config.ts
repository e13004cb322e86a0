// Tests run what is built: an import from src/ means the same file in dist/, which is brought up to
// date first. So neither a test nor a worker thread that it starts translates the sources.
import { availableParallelism } from "node:os";
import { relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/helper/longest_first.ts";

const root = fileURLToPath(new URL(".", import.meta.url));

/** Where the build puts a source; undefined if the file is none. */
function builtFileOf(file: string): string | undefined {
  const name = relative(root, file).split(sep).join("/");
  const isSource = /^(src|assembly\/abi)\/.*\.ts$/.test(name);
  return isSource ? resolve(root, "dist", name.replace(/\.ts$/, ".js")) : undefined;
}

const builtSources = {
  name: "built sources",
  enforce: "pre" as const,
  resolveId(name: string, importer?: string): string | undefined {
    if (!name.startsWith(".") || importer === undefined) return undefined;
    return builtFileOf(resolve(importer, "..", name));
  },
};

export default defineConfig({
  plugins: [builtSources],
  test: {
    globalSetup: ["test/helper/build.ts"],
    // Where the builds of the core lie has to be known before: src/targets/ says so.
    setupFiles: ["dist/src/targets/core_files.js"],
    server: { deps: { external: [/\/dist\/(src|assembly)\//] } },
    // A worker loads the sources once, not for each file. So a file of tests leaves the process as it
    // found it, and a helper keeps no hook of its own.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    forceRerunTriggers: ["**/src/**", "**/assembly/**"],
    // By default one processor is left idle, which on a machine with two is half of it. Many tests
    // wait for other processes meanwhile.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    // One limit for all tests, for what never ends. Work that a test waits for takes ten times as
    // long where other processes want the same processors.
    testTimeout: 900_000,
    hookTimeout: 900_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
