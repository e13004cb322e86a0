// Servers that cannot be used, each refused in one sentence that tells no password.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serverName, serverOptions } from "../../src/fleet/connection.ts";
import { Authority, hasOpenssl, type Pair } from "../helper/authority.ts";
import { slabfuzz } from "../helper/command.ts";
import { TestFleet } from "../helper/fleet.ts";
import { freePort, hasServer, hasTls, RedisServer } from "../helper/redis_server.ts";

const REQUEST = { prefix: "slabfuzz", patienceMs: 1000 };

describe("the address of a server", () => {
  it("may hold a password in the environment, and none on the command line", () => {
    const url = "redis://user:secret@host:1234/2";
    expect(serverOptions(REQUEST, url)).toMatchObject({
      ...{ host: "host", port: 1234, db: 2, username: "user", password: "secret" },
    });
    expect(serverName(serverOptions(REQUEST, url))).toBe("redis://host:1234/2");
    expect(() => serverOptions({ ...REQUEST, redis: url })).toThrow(/^(?!.*secret).*password/s);
  });

  it.each(["", "host:6379", "http://host", "redis://", "redis://host/base"])(
    "%j is refused",
    (redis) => {
      expect(() => serverOptions({ ...REQUEST, redis })).toThrow(/^(no server|--redis): /);
    },
  );

  it("with rediss is encrypted, with the files that are named", () => {
    const folder = mkdtempSync(join(tmpdir(), "slabfuzz-tls-"));
    writeFileSync(join(folder, "ca.pem"), "authority");
    const request = { ...REQUEST, redis: "rediss://host", redisCa: join(folder, "ca.pem") };
    expect(serverOptions(request).tls).toEqual({ ca: "authority" });
    rmSync(folder, { recursive: true });
    expect(() => serverOptions(request)).toThrow("no such file");
  });
});

/** A server that answers INFO as an old one would. */
function oldServer(): Promise<Server> {
  const info = "redis_version:4.0.14\r\n";
  return new Promise((resolve) => {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.on("data", (data) => {
        const commands = String(data).match(/\*\d+\r\n(\$\d+\r\n[^\r]*\r\n)+/g) ?? [];
        for (const command of commands) {
          const isInfo = /\r\ninfo\r\n/i.test(command);
          socket.write(isInfo ? `$${info.length}\r\n${info}\r\n` : "+OK\r\n");
        }
      });
    }).listen(0, "127.0.0.1", () => resolve(server));
  });
}

describe("a fleet command", () => {
  it("says that there is no server", async () => {
    const { code, error } = await slabfuzz("fleet", "status", "--redis", "redis://127.0.0.1:1");
    expect([code, error.split("\n").length]).toEqual([2, 2]);
    expect(error).toContain("redis://127.0.0.1:1: cannot be reached");
  });

  it("refuses a Redis that is older than 5", async () => {
    const server = await oldServer();
    const { port } = server.address() as { port: number };
    const { code, error } = await slabfuzz(
      "fleet",
      "status",
      "--redis",
      `redis://127.0.0.1:${port}`,
    );
    server.close();
    expect([code, error]).toEqual([
      2,
      `redis://127.0.0.1:${port}: is Redis 4.0.14, a fleet needs 5 or newer\n`,
    ]);
  });
});

describe.skipIf(!hasServer)("a server with a password that throws data away", () => {
  let server: RedisServer;
  const folder = mkdtempSync(join(tmpdir(), "slabfuzz-password-"));
  const passwordFile = join(folder, "password");
  const status = (...words: string[]) =>
    slabfuzz("fleet", "status", "--redis", server.url, ...words);

  beforeAll(async () => {
    const policy = ["--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"];
    server = await RedisServer.start("--requirepass", "secret", ...policy);
  });

  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await server.end();
  });

  it("is refused without the password, and with a wrong one", async () => {
    expect(await status()).toMatchObject({ code: 2, error: expect.stringContaining("asks for a") });
    writeFileSync(passwordFile, "wrong\n");
    const wrong = await status("--redis-password-file", passwordFile);
    expect([wrong.code, wrong.error]).toEqual([2, `${server.url}: refuses the password\n`]);
  });

  it("is refused with the right one because of what it would throw away", async () => {
    writeFileSync(passwordFile, "secret\n");
    const { code, error } = await status("--redis-password-file", passwordFile);
    expect([code, error]).toEqual([2, expect.stringContaining("maxmemory-policy allkeys-lru")]);
  });
});

describe.skipIf(!(hasTls && hasOpenssl))("a server that speaks TLS and knows its clients", () => {
  const folder = mkdtempSync(join(tmpdir(), "slabfuzz-tls-"));
  let server: RedisServer;
  let fleet: TestFleet;
  let url: string;
  let ours: Authority;
  let client: Pair;
  const words = (ca: string, { cert, key }: Pair) => [
    ...["--redis-ca", ca, "--redis-cert", cert, "--redis-key", key],
  ];

  beforeAll(async () => {
    ours = new Authority(folder, "ours");
    const { cert, key } = ours.sign("server");
    client = ours.sign("client");
    const port = await freePort();
    const files = ["--tls-cert-file", cert, "--tls-key-file", key, "--tls-ca-cert-file", ours.cert];
    server = await RedisServer.start("--tls-port", String(port), ...files);
    url = `rediss://127.0.0.1:${port}`;
    fleet = new TestFleet({ url, words: words(ours.cert, client) });
  });

  afterAll(async () => {
    fleet.end();
    await server.end();
    rmSync(folder, { recursive: true });
  });

  it("carries a campaign to its end, over encrypted connections only", async () => {
    const cases = ["--seed", "5", "--cases", "100", "--bugs", "double-free", "--ops", "20"];
    const campaign = await fleet.start(...cases, "--shard-cases", "50");
    expect((await fleet.work().ended).code).toBe(0);
    expect(await fleet.collected(campaign)).toEqual(await fleet.alone(...cases));
  });

  it("is refused where another authority signed its certificate, or none is named", async () => {
    const other = new Authority(folder, "other");
    const ask = (...more: string[]) => slabfuzz("fleet", "status", "--redis", url, ...more);
    const pair = ["--redis-cert", client.cert, "--redis-key", client.key];
    for (const ca of [["--redis-ca", other.cert], []]) {
      const { code, error } = await ask(...ca, ...pair);
      expect([code, error.split("\n").length]).toEqual([2, 2]);
      expect(error).toContain(`${url}: `);
      expect(error).toContain("certificate");
    }
  });

  it("refuses a client without a certificate, and one of another authority", async () => {
    const stranger = new Authority(folder, "strangers").sign("stranger");
    for (const pair of [[], ["--redis-cert", stranger.cert, "--redis-key", stranger.key]]) {
      const all = ["--redis", url, "--redis-ca", ours.cert, ...pair];
      const { code, error } = await slabfuzz("fleet", "status", ...all);
      expect([code, error.split("\n").length]).toEqual([2, 2]);
      expect(error).toContain(`${url}: `);
    }
  });
});
