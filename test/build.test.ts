import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { packagePath } from "../src/base/package_file.ts";

// A checkout with a driver of four files: small enough to be built in a test.
function smallCheckout(): string {
  const folder = mkdtempSync(join(tmpdir(), "slabfuzz-build-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(packagePath("bin"), join(folder, "bin"), { recursive: true });
  symlinkSync(packagePath("node_modules"), join(folder, "node_modules"), "junction");
  write(folder, "package.json", '{ "type": "module" }');
  write(folder, "asconfig.json", "{}");
  cpSync(packagePath("src/tsconfig.json"), join(folder, "src/tsconfig.json"));
  write(folder, "assembly/abi/op.ts", "export const OP: number = 1;\n");
  write(folder, "src/cli/main.ts", "export const main = (): void => {};\n");
  write(
    folder,
    "src/targets/worker.ts",
    'import { main } from "../cli/main.ts";\nconsole.log("worker", main());\n',
  );
  write(folder, "src/cli/config/check.ts", "export const configSchema = (): object => ({});\n");
  write(
    folder,
    "src/campaign/driver_build.ts",
    `import { writeFileSync } from "node:fs";
     export const writeStamp = (): void => writeFileSync("dist/driver_build.json", "{}");\n`,
  );
  return folder;
}

function write(folder: string, path: string, text: string): void {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** What a build says. */
function build(folder: string, ...parts: string[]): string {
  const args = [join(folder, "bin/build.js"), ...parts];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return stderr;
}

test("a second build builds no part again, and one after a change builds the changed parts", () => {
  const folder = smallCheckout();
  expect(build(folder, "program")).toContain("built program");
  expect(existsSync(join(folder, "dist/src/cli/main.js"))).toBe(true);
  expect(build(folder, "program")).toBe("");
  write(folder, "src/cli/main.ts", "export const main = (): number => 1;\n");
  expect(build(folder, "program")).toContain("built program");
});

test("the worker is built as one file, which has in it what the worker imports", () => {
  const folder = smallCheckout();
  write(folder, "src/cli/main.ts", "export const main = (): number => 12;\n");
  build(folder, "program");
  const alone = join(folder, "alone.js");
  cpSync(join(folder, "dist/src/targets/worker.js"), alone);
  const { stdout, stderr } = spawnSync(process.execPath, [alone], { encoding: "utf8" });
  expect({ stdout, stderr }).toEqual({ stdout: "worker 12\n", stderr: "" });
});

test("a build removes from dist/ each file without a source", () => {
  const folder = smallCheckout();
  write(folder, "dist/src/gone.js", "");
  write(folder, "dist/src/notes.txt", "");
  build(folder, "program");
  expect(existsSync(join(folder, "dist/src/gone.js"))).toBe(false);
  expect(existsSync(join(folder, "dist/src/notes.txt"))).toBe(true);
});

test("a canary built from sources other than the core's is removed", () => {
  const folder = smallCheckout();
  write(folder, "build/slub.canary.wasm", "of older sources");
  build(folder, "program");
  expect(existsSync(join(folder, "build/slub.canary.wasm"))).toBe(false);
});

test("a part that does not exist is refused with the names of the existing parts", () => {
  const args = [join(smallCheckout(), "bin/build.js"), "cannary"];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect(status).toBe(2);
  expect(stderr).toBe(
    "slabfuzz: there is no part cannary; " +
      "the parts are core, canary, mutable, program, playground, types\n",
  );
});
