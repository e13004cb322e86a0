// A fleet of processes on one server, and the run on one machine that it has to equal.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CommandResult, slabfuzz } from "./command.ts";
import { type ProcessOptions, type Running, startSlabfuzz } from "./process.ts";

/** Silence after which a shard is given to others: short, because tests make workers vanish. */
const LEASE = "1s";

/** The server of a fleet: its address, and options that go with it. */
export interface FleetServer {
  readonly url: string;
  readonly words?: readonly string[];
}

export class TestFleet {
  /** Where its commands run from now on; by default where the tests do. */
  cwd: string | undefined;
  readonly #server: FleetServer;
  readonly #folder = mkdtempSync(join(tmpdir(), "slabfuzz-fleet-"));
  readonly #prefix: string;
  readonly #workers: Running[] = [];

  constructor(server: FleetServer, prefix = `fleet-${Math.random().toString(36).slice(2, 8)}`) {
    this.#server = server;
    this.#prefix = prefix;
  }

  get serverWords(): readonly string[] {
    const { url, words = [] } = this.#server;
    return ["--redis", url, ...words, "--prefix", this.#prefix];
  }

  get prefix(): string {
    return this.#prefix;
  }

  /** Starts a campaign; gives its name. */
  async start(...words: string[]): Promise<string> {
    const all = ["fleet", "start", ...this.serverWords, ...words, "--json"];
    const { code, out, error } = await this.#run(all);
    if ((code ?? 0) !== 0) throw new Error(error);
    return JSON.parse(out).name;
  }

  /** A worker that ends when all is done; `preload`: a module that it loads first. */
  work(preload?: string, ...words: string[]): Running {
    const all = ["fleet", "work", ...this.serverWords, "--lease", LEASE, "--until-done", ...words];
    const worker = this.#startCommand(all, preload === undefined ? {} : { preload });
    this.#workers.push(worker);
    return worker;
  }

  /** The bytes of all files of the campaign as it is now, but for the journal, which has times. */
  async collected(campaign: string, ...more: string[]): Promise<Readonly<Record<string, string>>> {
    const out = join(this.#folder, "collected");
    rmSync(out, { recursive: true, force: true });
    const words = ["--campaign", campaign, "--out", out, "--fail-on", "none", ...more];
    const { code, error } = await this.#run(["fleet", "collect", ...this.serverWords, ...words]);
    if ((code ?? 0) !== 0) throw new Error(error);
    return filesIn(out);
  }

  /** The same of a run on this machine. */
  async alone(...words: string[]): Promise<Readonly<Record<string, string>>> {
    const out = join(this.#folder, "alone");
    const { code, error } = await this.#run(["fuzz", ...words, "--out", out, "--fail-on", "none"]);
    if ((code ?? 0) !== 0) throw new Error(error);
    return filesIn(out);
  }

  async status(
    ...words: string[]
  ): Promise<{ readonly campaigns: readonly Record<string, unknown>[] }> {
    const all = ["fleet", "status", ...this.serverWords, "--json", ...words];
    return JSON.parse((await this.#run(all)).out);
  }

  /** In this process, which saves starting one, unless it is to run elsewhere. */
  #run(words: readonly string[]): Promise<CommandResult> {
    return this.cwd === undefined ? slabfuzz(...words) : this.#startCommand(words).ended;
  }

  #startCommand(words: readonly string[], options: ProcessOptions = {}): Running {
    return startSlabfuzz(words, this.cwd === undefined ? options : { ...options, cwd: this.cwd });
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
