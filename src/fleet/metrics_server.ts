// Serves metrics to whoever scrapes them, by default on loopback only.
import { once } from "node:events";
import { createServer } from "node:http";
import { reasonOf, UserError } from "../base/user_error.ts";
import { METRICS_TYPE } from "./metrics.ts";

export interface MetricsPlace {
  readonly host: string;
  readonly port: number;
}

/** `:PORT` on loopback, or `HOST:PORT`; undefined for any other word: that is a file. */
export function metricsPlace(word: string): MetricsPlace | undefined {
  const [, host, port] = /^([\w.-]*):([0-9]{1,5})$/.exec(word) ?? [];
  if (port === undefined || Number(port) > 65_535) return undefined;
  return { host: host === "" ? "127.0.0.1" : host, port: Number(port) };
}

/** Serves until it is closed. Throws a UserError where the port is taken. */
export async function serveMetrics({ host, port }: MetricsPlace, textOf: () => Promise<string>) {
  const server = createServer(async (request, response) => {
    if (request.method !== "GET" || request.url !== "/metrics") {
      response.writeHead(404).end();
      return;
    }
    try {
      const text = await textOf();
      response.writeHead(200, { "content-type": METRICS_TYPE }).end(text);
    } catch {
      response.writeHead(503).end();
    }
  });
  server.listen(port, host);
  await once(server, "listening").catch((error) => {
    throw new UserError(`--metrics ${host}:${port}: ${reasonOf(error)}`);
  });
  return server;
}
