// The long attacks: npm run test:deep runs each file that ends in .deep.ts, one after the other, and
// some ordinary files with all that they can try, of which `npm test` tries a part.
import { mergeConfig } from "vitest/config";
import config from "./vitest.config.ts";

export default mergeConfig(config, {
  test: {
    include: [
      "{test,tools}/**/*.deep.ts",
      "test/slub/core/asserts.test.ts",
      "test/cli/hostile_exits.test.ts",
      "test/checks/gate/run_checks.test.ts",
      "test/explain/causes.test.ts",
      "test/slub/gen/classes.test.ts",
    ],
    env: { SLABFUZZ_WHOLE: "1" },
    isolate: true,
    fileParallelism: false,
    testTimeout: 3_600_000,
    hookTimeout: 600_000,
  },
});
