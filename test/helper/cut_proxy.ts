// A connection that can be cut: a proxy before a server, which drops what is connected and refuses
// what wants to connect for as long as it is cut.
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { freePort } from "./redis_server.ts";

export class CutProxy {
  readonly #target: number;
  readonly #open = new Set<Socket>();
  readonly #port: number;
  #server: Server | undefined;

  private constructor(target: number, port: number) {
    this.#target = target;
    this.#port = port;
  }

  /** Stands before a port of loopback. */
  static async before(target: number): Promise<CutProxy> {
    const proxy = new CutProxy(target, await freePort());
    await proxy.mend();
    return proxy;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.#port}`;
  }

  /** Connects again, at the same port as before. */
  async mend(): Promise<void> {
    this.#server = createServer((client) => this.#join(client));
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
  }

  async cut(): Promise<void> {
    const closed = this.#server && once(this.#server, "close");
    this.#server?.close();
    for (const socket of this.#open) socket.destroy();
    await closed;
  }

  #join(client: Socket): void {
    const server = connect(this.#target, "127.0.0.1");
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ]) {
      this.#open.add(socket);
      socket.on("error", () => {}); // "close" follows
      socket.on("close", () => {
        this.#open.delete(socket);
        other.destroy();
      });
    }
    client.pipe(server).pipe(client);
  }
}
