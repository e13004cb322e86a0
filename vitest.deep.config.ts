// The long attacks: npm run test:deep runs each test/deep/*.deep.ts, one after the other.
import { mergeConfig } from "vitest/config";
import config from "./vitest.config.ts";

export default mergeConfig(config, {
  test: {
    include: ["test/deep/*.deep.ts"],
    fileParallelism: false,
    testTimeout: 3_600_000,
    hookTimeout: 600_000,
  },
});
