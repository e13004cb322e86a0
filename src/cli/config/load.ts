// Finds a config file and runs it. A config is code of the user, as a test file is;
// what it exports is data, and checked as data.
import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Command } from "commander";
import type { Jiti } from "jiti";
import { parseObject } from "../../base/json_file.ts";
import { UserError } from "../../base/user_error.ts";
import { readTextFile } from "../../base/whole_file.ts";
import type { Settings } from "../options/campaign_options.ts";
import { note } from "../terminal.ts";
import { checkConfig, checkTarget } from "./check.ts";

/** Looked for in this order. */
export const CONFIG_FILES: readonly string[] = [
  "slabfuzz.config.ts",
  "slabfuzz.config.mts",
  "slabfuzz.config.js",
  "slabfuzz.config.mjs",
  "slabfuzz.config.json",
];

/** The config file of a folder; undefined if it has none. */
export function findConfig(folder: string): string | undefined {
  return CONFIG_FILES.map((name) => join(folder, name)).find((path) => existsSync(path));
}

/** What a command line says of configs: a file, `false` for none, undefined for nothing. */
export interface ConfigOptions {
  readonly config?: string | false;
}

export function addConfigOptions(command: Command): Command {
  return command
    .option("--config <file>", `the config file (default: ${CONFIG_FILES[0]}, if there is one)`)
    .option("--no-config", "no config file");
}

/** The settings of the config that is named, or else of the folder's. */
export async function configured({ config }: ConfigOptions): Promise<Settings> {
  const found = config ?? findConfig(".");
  if (found === undefined || found === false) return {};
  const settings = await loadConfig(found);
  note(`read ${found}`);
  return settings;
}

/** The same for a command that only looks at things: it runs only code that was named. */
export async function configuredWithoutCode({ config }: ConfigOptions): Promise<Settings> {
  const found = findConfig(".");
  if (config !== undefined || found === undefined || found.endsWith(".json")) {
    return await configured({ config });
  }
  note(`${found}: is code and was not run (--config ${found} runs it)`);
  return {};
}

/** The settings that a config file asks for; `name` is what people call it. */
export async function loadConfig(path: string, name: string = path): Promise<Settings> {
  if (!existsSync(path)) throw new UserError(`${name}: no such file`);
  if (!statSync(path).isFile()) throw new UserError(`${name}: is no file`);
  const settings = checkConfig(await readConfig(resolve(path), name), name);
  await checkTarget(settings, name);
  return settings;
}

async function readConfig(path: string, name: string): Promise<unknown> {
  if (path.endsWith(".json"))
    return parseObject({ text: readTextFile(path), name, kind: "config" });
  try {
    return await (await jitiFor(path)).import(path, { default: true });
  } catch (error) {
    throw new UserError(`${name}: cannot be read (${firstLine(error)})`);
  }
}

/**
 * `import { defineConfig } from "slabfuzz"` means the slabfuzz that runs, wherever that is. What
 * reads TypeScript is loaded for a config that needs it only.
 */
async function jitiFor(path: string): Promise<Jiti> {
  const { createJiti } = await import("jiti");
  const isSource = import.meta.url.endsWith(".ts");
  const own = new URL(isSource ? "../../index.ts" : "../../index.js", import.meta.url);
  const alias = { slabfuzz: fileURLToPath(own) };
  return createJiti(pathToFileURL(path).href, { alias, fsCache: false, moduleCache: false });
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0];
}
