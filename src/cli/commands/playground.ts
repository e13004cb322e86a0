// slabfuzz playground: serves the page that the build made, to this machine only.
import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Command } from "commander";
import { packagePath } from "../../base/package_file.ts";
import { reasonOf, UserError } from "../../base/user_error.ts";
import { readTextFile } from "../../base/whole_file.ts";
import { helpText } from "../help_text.ts";
import { numberFrom } from "../options/value.ts";
import { print } from "../terminal.ts";

const PAGE = "dist/playground/index.html";
const HOST = "127.0.0.1";
const PORT = 7777;

export function register(program: Command): void {
  program
    .command("playground")
    .description("serve a page on which programs are written, run and seen")
    .option("--port <n>", "the port, 0 for any that is free", numberFrom(0, 65535), PORT)
    .addHelpText("after", () => helpText("playground"))
    .action(run);
}

async function run({ port }: { readonly port: number }): Promise<void> {
  const server = serverOf(playgroundText());
  await listening(server, port);
  const { port: own } = server.address() as AddressInfo;
  print([`the playground is at http://${HOST}:${own}/`, "Ctrl-C ends it"]);
  const end = () => {
    server.close();
    server.closeAllConnections();
  };
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, end);
  await once(server, "close");
}

function playgroundText(): string {
  try {
    return readTextFile(packagePath(PAGE));
  } catch {
    throw new UserError(`${PAGE} is not there: run npm run playground`);
  }
}

function serverOf(page: string): Server {
  return createServer(({ method, url }, response) => {
    if (method !== "GET" && method !== "HEAD") refuse(response, 405);
    else if (!/^\/(index\.html)?(\?.*)?$/.test(url ?? "")) refuse(response, 404);
    else response.writeHead(200, HEADERS).end(method === "GET" ? page : undefined);
  });
}

/** No other site may show the page in a frame of its own, or guess what it is. */
const HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": "frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
};

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { "content-type": "text/plain" }).end(`${status}\n`);
}

async function listening(server: Server, port: number): Promise<void> {
  try {
    server.listen(port, HOST);
    await once(server, "listening");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === "EADDRINUSE" ? "it is in use" : reasonOf(error);
    throw new UserError(`--port ${port}: ${reason}`);
  }
}
