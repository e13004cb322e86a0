// The long attacks: npm run test:deep runs each file that ends in .deep.ts, one after the other, and
// the debug build of the core on every recording.
import { mergeConfig } from "vitest/config";
import config from "./vitest.config.ts";

export default mergeConfig(config, {
  test: {
    include: ["{test,tools}/**/*.deep.ts", "test/slub/core/asserts.test.ts"],
    env: { SLABFUZZ_RECORDINGS: "all" },
    isolate: true,
    fileParallelism: false,
    testTimeout: 3_600_000,
    hookTimeout: 600_000,
  },
});
