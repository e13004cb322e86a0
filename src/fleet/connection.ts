// The connection to Redis or Valkey: how a server is named, what it has to be like, and what
// happens while it is away. A password never stands on a command line, in a message or in a log.
import type { Redis } from "ioredis";
import { nowMs } from "../base/clock.ts";
import { UserError } from "../base/user_error.ts";
import { readTextFile } from "../base/whole_file.ts";
import { ioRedis } from "./libraries.ts";

/** Where the server is, and who asks. */
export interface ServerRequest {
  /** redis://HOST:PORT/DB or rediss://...; default what SLABFUZZ_REDIS_URL says. */
  readonly redis?: string | undefined;
  /** A file that holds the password. */
  readonly redisPasswordFile?: string | undefined;
  /** Files in PEM for rediss: the authority's certificate, and the client's own with its key. */
  readonly redisCa?: string | undefined;
  readonly redisCert?: string | undefined;
  readonly redisKey?: string | undefined;
  /** What all keys begin with: fleets with different prefixes do not see each other. */
  readonly prefix: string;
  /** How long a running fleet waits for a server that is away, in ms. */
  readonly patienceMs: number;
}

/** The server was away for longer than the fleet's patience; what is in Redis stays. */
export class ServerLost extends UserError {}

/** What every connection is made with. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  /** PEM texts, where the connection is encrypted. */
  readonly tls?: object;
  readonly maxRetriesPerRequest: null;
  readonly retryStrategy: (times: number) => number;
}

const OLDEST_MAJOR = 5;
const CONNECT_MS = 5000;
const RETRY_MS_MAX = 1000;

/** Options of every connection to the server. */
export function serverOptions(request: ServerRequest, urlOfEnvironment?: string): ServerAddress {
  const named = request.redis;
  const url = parsedUrl(named ?? urlOfEnvironment);
  if (named !== undefined && url.password !== "") {
    throw new UserError(
      "--redis: a command line is no place for a password: use --redis-password-file, or set " +
        "SLABFUZZ_REDIS_URL",
    );
  }
  const { redisPasswordFile: file } = request;
  const password = file === undefined ? url.password : readTextFile(file).trimEnd();
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: Number(url.port || 6379),
    db: databaseOf(url),
    ...(url.username === "" ? {} : { username: decodeURIComponent(url.username) }),
    ...(password === "" ? {} : { password: file === undefined ? decoded(password) : password }),
    ...(url.protocol === "rediss:" ? { tls: tlsOf(request) } : {}),
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 6), RETRY_MS_MAX),
  };
}

function parsedUrl(text: string | undefined): URL {
  if (text === undefined || text === "") {
    throw new UserError("no server: say --redis redis://HOST:PORT, or set SLABFUZZ_REDIS_URL");
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // The text may hold a password: it is not repeated.
  if (url === undefined || !/^rediss?:$/.test(url.protocol) || url.hostname === "") {
    throw new UserError("--redis: is no address such as redis://HOST:6379 or rediss://HOST:6379");
  }
  return url;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function databaseOf({ pathname }: URL): number {
  const [, digits] = /^\/([0-9]{1,4})$/.exec(pathname) ?? [];
  if (pathname === "" || pathname === "/") return 0;
  if (digits !== undefined) return Number(digits);
  throw new UserError("--redis: what follows the port is the number of a database, such as /1");
}

function tlsOf({ redisCa, redisCert, redisKey }: ServerRequest) {
  const files = { ca: redisCa, cert: redisCert, key: redisKey };
  const given = Object.entries(files).filter(([, path]) => path !== undefined);
  return Object.fromEntries(given.map(([name, path]) => [name, readTextFile(path!)]));
}

/** `redis://HOST:PORT/DB`, which is all that messages say of a server. */
export function serverName({ host, port, db, tls }: ServerAddress): string {
  const bracketed = host.includes(":") ? `[${host}]` : host;
  const scheme = tls === undefined ? "redis" : "rediss";
  return `${scheme}://${bracketed}:${port}${db === 0 ? "" : `/${db}`}`;
}

/** A connection whose server has been looked at. */
export interface Connection {
  readonly redis: Redis;
  readonly options: ServerAddress;
  readonly name: string;
  /** Aborted with a ServerLost once the server has been away for too long. */
  readonly lost: AbortSignal;
  close(): void;
}

/**
 * Connects. `say` is called with a line when the server goes away, and when it is back. Throws a
 * UserError where there is no server, where it refuses, and where it would lose what it is given.
 */
export async function connect(
  request: ServerRequest,
  urlOfEnvironment: string | undefined,
  say: (line: string) => void,
): Promise<Connection> {
  const options = serverOptions(request, urlOfEnvironment);
  const name = serverName(options);
  const { Redis: Client } = await ioRedis();
  const redis = new Client({ ...options, lazyConnect: true });
  const end = watchServer(redis, name, request.patienceMs, say);
  const close = () => {
    end.stop();
    redis.disconnect();
  };
  try {
    await firstAnswer(redis, name);
    await requireFitting(redis, name);
    end.begin();
  } catch (error) {
    close();
    throw error;
  }
  return { redis, options, name, lost: end.lost, close };
}

/** The first answer of a server, or why there is none. */
async function firstAnswer(redis: Redis, name: string): Promise<void> {
  let reason = `no answer within ${CONNECT_MS / 1000} s`;
  let end: NodeJS.Timeout | undefined;
  const refused = new Promise<never>((_, reject) => {
    redis.on("error", (error: Error) => {
      reason = error.message;
      if (isRefusal(error)) reject(new UserError(`${name}: ${plainReason(error)}`));
    });
    const giveUp = () => reject(new UserError(`${name}: cannot be reached (${reason})`));
    end = setTimeout(giveUp, CONNECT_MS);
  });
  refused.catch(() => {});
  redis.connect().catch((error: Error) => {
    reason = error.message;
  });
  try {
    await Promise.race([redis.ping(), refused]);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${name}: ${plainReason(error as Error)}`);
  } finally {
    clearTimeout(end);
  }
}

function isRefusal({ message }: Error): boolean {
  return /WRONGPASS|NOAUTH|NOPERM|invalid password|certificate|DB index|ERR AUTH/i.test(message);
}

function plainReason(error: Error): string {
  if (/WRONGPASS|invalid password|ERR AUTH/i.test(error.message)) return "refuses the password";
  if (/NOAUTH/.test(error.message)) {
    return "asks for a password: use --redis-password-file, or SLABFUZZ_REDIS_URL";
  }
  return error.message;
}

/** Refuses a server that is too old, or that throws data away when its memory is full. */
async function requireFitting(redis: Redis, name: string): Promise<void> {
  const info = await redis.info();
  const version = /^redis_version:(\S+)/m.exec(info)?.[1] ?? "0";
  if (Number(version.split(".")[0]) < OLDEST_MAJOR) {
    throw new UserError(`${name}: is Redis ${version}, a fleet needs ${OLDEST_MAJOR} or newer`);
  }
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? "noeviction";
  if (policy !== "noeviction") {
    throw new UserError(
      `${name}: throws data away when it is full (maxmemory-policy ${policy}): ` +
        "set maxmemory-policy noeviction",
    );
  }
}

/** Says when the server goes and comes, and gives it up when it stays away. */
function watchServer(redis: Redis, name: string, patienceMs: number, say: (line: string) => void) {
  const lost = new AbortController();
  let awaySince: number | undefined;
  let isWatched = false;
  const look = setInterval(() => {
    if (awaySince === undefined || nowMs() - awaySince < patienceMs) return;
    clearInterval(look);
    const seconds = Math.round(patienceMs / 1000);
    lost.abort(new ServerLost(`${name}: was away for ${seconds} s: what is in Redis stays`));
  }, 100);
  redis.on("error", () => {}); // "close" follows, and is what counts
  redis.on("close", () => {
    if (!isWatched || awaySince !== undefined) return;
    awaySince = nowMs();
    say(`${name}: is away; waiting for it`);
  });
  redis.on("ready", () => {
    if (awaySince === undefined) return;
    awaySince = undefined;
    say(`${name}: is back`);
  });
  return {
    lost: lost.signal,
    begin: () => {
      isWatched = true;
    },
    stop: () => {
      isWatched = false;
      clearInterval(look);
    },
  };
}
