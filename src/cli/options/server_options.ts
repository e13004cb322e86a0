// Which server a fleet uses: the same options for all of its commands.
import type { Command } from "commander";
import { UserError } from "../../base/user_error.ts";
import { type Connection, connect } from "../../fleet/connection.ts";
import { note } from "../terminal.ts";
import { durationMs, readWith } from "./value.ts";

export interface ServerOptions {
  readonly redis?: string;
  readonly redisPasswordFile?: string;
  readonly redisCa?: string;
  readonly redisCert?: string;
  readonly redisKey?: string;
  readonly prefix: string;
  readonly patience: number;
}

const PATIENCE_MS = 300_000;

export function addServerOptions(command: Command): Command {
  return command
    .option("--redis <url>", "redis://HOST:PORT/DB or rediss://... (default: SLABFUZZ_REDIS_URL)")
    .option("--redis-password-file <file>", "a file that holds the server's password")
    .option("--redis-ca <file>", "rediss: the certificate of the server's authority")
    .option("--redis-cert <file>", "rediss: this client's certificate")
    .option("--redis-key <file>", "rediss: this client's key")
    .option("--prefix <word>", "what all keys begin with", readWith(checkedPrefix), "slabfuzz")
    .option(
      "--patience <time>",
      "how long to wait for a server that is away (default: 5m)",
      durationMs,
    );
}

function checkedPrefix(word: string): string {
  if (/^[\w.-]{1,64}$/.test(word)) return word;
  throw new UserError("must be at most 64 letters, digits, dots or dashes");
}

/** Does work with a connection to the server, which is closed in the end. */
export async function withServer<T>(
  options: ServerOptions,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const { patience: patienceMs = PATIENCE_MS, ...server } = options;
  const url = process.env["SLABFUZZ_REDIS_URL"];
  const connection = await connect({ ...server, patienceMs }, url, note);
  try {
    return await work(connection);
  } finally {
    connection.close();
  }
}
