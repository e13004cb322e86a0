// Before tests: brings the builds that they run up to date. The types take longest, and only
// test/package.test.ts needs them. Helpers that serve several files of tests get a folder, which is
// removed in the end.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

declare module "vitest" {
  interface ProvidedContext {
    folder: string;
  }
}

export default function setup(project: TestProject): () => void {
  build();
  project.onTestsRerun(async () => build());
  const folder = mkdtempSync(join(tmpdir(), "slabfuzz-tests-"));
  project.provide("folder", folder);
  return () => rmSync(folder, { recursive: true, force: true });
}

function build(): void {
  const parts = ["core", "canary", "mutable", "program"];
  execFileSync(process.execPath, ["bin/build.js", ...parts], { cwd: ROOT, stdio: "inherit" });
}
