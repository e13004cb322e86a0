import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { packagePath } from "../../src/base/package_file.ts";
import { slabfuzzVersion } from "../../src/base/version.ts";

it("the version is the one in package.json", () => {
  const { version } = JSON.parse(readFileSync(packagePath("package.json"), "utf8"));
  expect(slabfuzzVersion()).toBe(version);
});
