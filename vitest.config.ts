// Tests run from the sources. The one thing that has to be known before is where the builds of the
// core lie: in the program itself, src/targets/ says so.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    setupFiles: ["src/targets/core_files.ts"],
    // By default one processor is left idle, which on a machine with two is half of it.
    maxWorkers: "100%",
    // One limit for all tests, for what never ends. Work that a test waits for takes ten times as
    // long where other processes want the same processors.
    testTimeout: 900_000,
    hookTimeout: 900_000,
  },
});
