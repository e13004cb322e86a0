// The long attacks: npm run test:deep runs each test/deep/*.deep.ts, one after the other.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    setupFiles: ["src/targets/core_files.ts"],
    include: ["test/deep/*.deep.ts"],
    fileParallelism: false,
    testTimeout: 3_600_000,
    hookTimeout: 600_000,
  },
});
