// A fleet of processes on one server, and the run on one machine that it has to equal.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Running, runSlabfuzz, startSlabfuzz } from "./process.ts";
import type { RedisServer } from "./redis_server.ts";

/** Silence after which a shard is given to others: short, because tests make workers vanish. */
const LEASE = "1s";

export class TestFleet {
  readonly #server: RedisServer;
  readonly #folder = mkdtempSync(join(tmpdir(), "slabfuzz-fleet-"));
  readonly #prefix: string;
  readonly #workers: Running[] = [];

  constructor(server: RedisServer, prefix = `fleet-${Math.random().toString(36).slice(2, 8)}`) {
    this.#server = server;
    this.#prefix = prefix;
  }

  get serverWords(): readonly string[] {
    return ["--redis", this.#server.url, "--prefix", this.#prefix];
  }

  get prefix(): string {
    return this.#prefix;
  }

  /** Starts a campaign; gives its name. */
  async start(...words: string[]): Promise<string> {
    const all = ["fleet", "start", ...this.serverWords, ...words, "--json"];
    const { code, out, error } = await runSlabfuzz(all);
    if (code !== 0) throw new Error(error);
    return JSON.parse(out).name;
  }

  /** A worker that ends when all is done; `preload`: a module that it loads first. */
  work(preload?: string, ...words: string[]): Running {
    const all = ["fleet", "work", ...this.serverWords, "--lease", LEASE, "--until-done", ...words];
    const worker = startSlabfuzz(all, preload === undefined ? {} : { preload });
    this.#workers.push(worker);
    return worker;
  }

  /** The bytes of all files of the campaign as it is now, but for the journal, which has times. */
  async collected(campaign: string): Promise<Readonly<Record<string, string>>> {
    const out = join(this.#folder, "collected");
    rmSync(out, { recursive: true, force: true });
    const words = ["--campaign", campaign, "--out", out, "--fail-on", "none"];
    const { code, error } = await runSlabfuzz(["fleet", "collect", ...this.serverWords, ...words]);
    if (code !== 0) throw new Error(error);
    return filesIn(out);
  }

  /** The same of a run on this machine. */
  async alone(...words: string[]): Promise<Readonly<Record<string, string>>> {
    const out = join(this.#folder, "alone");
    const { code, error } = await runSlabfuzz([
      "fuzz",
      ...words,
      "--out",
      out,
      "--fail-on",
      "none",
    ]);
    if (code !== 0) throw new Error(error);
    return filesIn(out);
  }

  async status(): Promise<{ readonly campaigns: readonly Record<string, unknown>[] }> {
    const { out } = await runSlabfuzz(["fleet", "status", ...this.serverWords, "--json"]);
    return JSON.parse(out);
  }

  end(): void {
    for (const { child } of this.#workers) child.kill("SIGKILL");
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function filesIn(folder: string): Readonly<Record<string, string>> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "campaign.journal")
    .map(({ parentPath, name }) => join(parentPath, name));
  const texts = names.map((name) => [name.slice(folder.length), readFileSync(name, "utf8")]);
  return Object.fromEntries(texts.sort());
}
