// A Redis or Valkey server for tests: on loopback, on a port of its own, with its data in a
// temporary folder, from which it starts again with what it had.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Redis } from "ioredis";

/** The program, Valkey's where it is there; undefined where neither is. */
const PROGRAM = ["valkey-server", "redis-server"].find(
  (name) => spawnSync(name, ["--version"]).status === 0,
);

if (PROGRAM === undefined) {
  const line =
    "tests of fleets need valkey-server or redis-server (Debian: apt install redis-server)";
  if (process.env["SLABFUZZ_REDIS"] === "required") throw new Error(line);
  console.warn(`left out: ${line}`);
}

/** Whether there is a server; tests that need one are left out where there is none. */
export const hasServer = PROGRAM !== undefined;

/** Whether it speaks TLS: its client is built from the same sources, and says so. */
export const hasTls = spawnSync("redis-cli", ["--help"]).stdout?.includes("--tls") === true;

export class RedisServer {
  readonly port: number;
  readonly #folder = mkdtempSync(join(tmpdir(), "slabfuzz-redis-"));
  readonly #words: readonly string[];
  #child: ChildProcess | undefined;

  private constructor(port: number, words: readonly string[]) {
    this.port = port;
    this.#words = words;
  }

  /** Starts one; `words` are further settings, such as `--requirepass secret`. */
  static async start(...words: string[]): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), words);
    await server.startAgain();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** A connection for tests that look behind the fleet's back. */
  client(): Redis {
    return new Redis(this.port, "127.0.0.1", { maxRetriesPerRequest: null });
  }

  async startAgain(): Promise<void> {
    const files = ["--dir", this.#folder, "--save", "", "--appendonly", "yes"];
    const place = ["--bind", "127.0.0.1", "--port", String(this.port)];
    this.#child = spawn(PROGRAM!, [...place, ...files, ...this.#words], { stdio: "ignore" });
    for (let tries = 0; tries < 600; tries++) {
      const asked = spawnSync("redis-cli", ["-p", String(this.port), "ping"], { encoding: "utf8" });
      if (/PONG|NOAUTH/.test(asked.stdout)) return;
      await wait(50);
    }
    throw new Error("the server did not start");
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined) return;
    child.kill("SIGKILL");
    await once(child, "close");
  }

  async end(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/**
 * A port that nobody listens on, below those that the system gives to outgoing connections: a
 * client that looks for a dead server on such a port can meet itself there, and then keeps it.
 */
export function freePort(): Promise<number> {
  const asked = 20_000 + Math.floor(Math.random() * 10_000);
  return new Promise((resolve) => {
    const server = createServer();
    server.on("error", () => resolve(freePort()));
    server.listen(asked, "127.0.0.1", () => server.close(() => resolve(asked)));
  });
}
