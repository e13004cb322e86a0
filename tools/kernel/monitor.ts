// QEMU's machine protocol, as much of it as storing a machine needs: one JSON object a line.
import { createConnection, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../src/base/user_error.ts";

const POLL_MS = 30;

interface Reply {
  readonly return?: { readonly status?: string };
  readonly error?: { readonly desc?: string };
}

export class Monitor {
  readonly #socket: Socket;
  readonly #lines: AsyncIterator<string>;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  }

  /** Connects for the time of some work. */
  static async use(path: string, work: (monitor: Monitor) => Promise<void>): Promise<void> {
    const socket = createConnection(path);
    try {
      const monitor = new Monitor(socket);
      await monitor.#read();
      await monitor.#execute("qmp_capabilities");
      await work(monitor);
    } finally {
      socket.destroy();
    }
  }

  /** Writes the whole state of the machine into a file; the machine stops. */
  async saveState(file: string): Promise<void> {
    await this.#execute("migrate", { uri: `exec:cat > ${file}` });
    for (;;) {
      const { status } = (await this.#execute("query-migrate")).return ?? {};
      if (status === "completed") return;
      if (status === "failed") throw new UserError(`QEMU cannot store the machine in ${file}`);
      await sleep(POLL_MS);
    }
  }

  /** Replies come in order; events between them are passed over. */
  async #execute(command: string, args?: Readonly<Record<string, string>>): Promise<Reply> {
    this.#socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    for (;;) {
      const reply = await this.#read();
      if (reply.error !== undefined) throw new UserError(`QEMU: ${command}: ${reply.error.desc}`);
      if (reply.return !== undefined) return reply;
    }
  }

  async #read(): Promise<Reply> {
    const { value, done } = await this.#lines.next();
    if (done) throw new UserError("QEMU closed its monitor");
    return JSON.parse(value) as Reply;
  }
}
