import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UserError } from "../../../src/base/user_error.ts";
import { CONFIG_FILES, findConfig, loadConfig } from "../../../src/cli/config/load.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slabfuzz-config-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** The same config as each kind of file would say it. */
const TEXTS: Readonly<Record<string, string>> = {
  "slabfuzz.config.ts": `import { defineConfig, type FuzzConfig } from "slabfuzz";
    const one: FuzzConfig = { ops: 30 };
    export default defineConfig({ ...one, bugs: ["bit-flip"] });`,
  "slabfuzz.config.mts": `import { defineConfig } from "slabfuzz";
    export default defineConfig({ ops: 30 as const, bugs: ["bit-flip"] });`,
  "slabfuzz.config.js": `import { defineConfig } from "slabfuzz";
    export default defineConfig({ ops: 30, bugs: ["bit-flip"] });`,
  "slabfuzz.config.mjs": 'export default { ops: 30, bugs: ["bit-flip"] };',
  "slabfuzz.config.json": '{ "ops": 30, "bugs": ["bit-flip"] }',
};

describe("a config file", () => {
  it.each(CONFIG_FILES)("named %s is found and read", async (name) => {
    const path = write(name, TEXTS[name]);
    expect(findConfig(folder)).toBe(path);
    expect(await loadConfig(path)).toEqual({ ops: 30, bugs: ["bit-flip"] });
  });

  it("is not found in a folder without one", () => {
    expect(findConfig(folder)).toBeUndefined();
  });
});

describe("an unreadable config file", () => {
  const BROKEN: readonly (readonly [string, string, RegExp])[] = [
    ["c.json", '{ "ops": ', /^c\.json: is no config \(it is not JSON\)$/],
    ["c.ts", "export default { ops: }", /^c\.ts: cannot be read \(.*\)$/],
    ["c.mjs", 'throw new Error("no\\nnever");', /^c\.mjs: cannot be read \(no\)$/],
    ["d.mjs", 'import "gone-for-good";', /^d\.mjs: cannot be read \(Cannot find/],
    ["c.js", "export default 7;", /^c\.js: has to export an object/],
  ];

  it.each(BROKEN)("is refused in one line: %s with %s", async (name, text, message) => {
    const failure = await loadConfig(write(name, text), name).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UserError);
    expect((failure as UserError).message).toMatch(message);
    expect((failure as UserError).message).not.toContain("\n");
  });

  it("is refused in one line when it does not exist or is a folder", async () => {
    mkdirSync(join(folder, "sub"));
    await expect(loadConfig(join(folder, "x.ts"), "x.ts")).rejects.toThrow("x.ts: no such file");
    await expect(loadConfig(join(folder, "sub"), "sub")).rejects.toThrow("sub: is no file");
  });
});

describe("a target in a config", () => {
  it("is refused with the file and the field when it does not exist", async () => {
    const path = write("slabfuzz.config.json", '{ "target": "slob" }');
    await expect(loadConfig(path, "my config")).rejects.toThrow(
      "my config: target: unknown target",
    );
  });

  it("may be a name that the same config gives to a module", async () => {
    const targets = { slob: { file: "slob.wasm", malloc: "a", free: "b" } };
    const path = write("slabfuzz.config.json", JSON.stringify({ target: "slob", targets }));
    expect((await loadConfig(path)).target).toBe("slob");
  });
});
