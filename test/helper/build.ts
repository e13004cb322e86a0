// Before tests: brings the builds that they run up to date. The types take longest, and only
// test/package.test.ts needs them.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export default function setup(project: TestProject): void {
  build();
  project.onTestsRerun(async () => build());
}

function build(): void {
  const parts = ["core", "canary", "mutable", "program"];
  execFileSync(process.execPath, ["bin/build.js", ...parts], { cwd: ROOT, stdio: "inherit" });
}
