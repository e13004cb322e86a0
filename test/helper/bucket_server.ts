// A stand-in for S3 on loopback: it keeps what is put, and gives it back. It does as it is told: to
// be busy, to be somewhere else, to give back other bytes or far too many.
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export class BucketServer {
  readonly objects = new Map<string, Buffer>();
  /** Answers of this status, instead of doing what is asked for; how often. */
  answers = { status: 200, times: 0 };
  readonly #server = createServer((request, response) => this.#answer(request, response));

  static async start(): Promise<BucketServer> {
    const bucket = new BucketServer();
    bucket.#server.listen(0, "127.0.0.1");
    await once(bucket.#server, "listening");
    return bucket;
  }

  /** What its clients find in their environment. */
  get environment(): Readonly<Record<string, string>> {
    const { port } = this.#server.address() as AddressInfo;
    return {
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: "key",
      AWS_SECRET_ACCESS_KEY: "secret",
    };
  }

  end(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    const status = this.#refusalOf(request, bytes);
    if (status !== undefined) return void response.writeHead(status).end();
    const name = request.url ?? "";
    if (request.method === "PUT") this.objects.set(name, bytes);
    const found = this.objects.get(name);
    response.writeHead(found === undefined ? 404 : 200).end(request.method === "GET" ? found : "");
  }

  /** Only requests that are signed, for the bytes that they have. */
  #refusalOf({ method, headers }: IncomingMessage, bytes: Buffer): number | undefined {
    if (this.answers.times > 0) {
      this.answers.times--;
      return this.answers.status;
    }
    const signature = /^AWS4-HMAC-SHA256 Credential=key\/\d{8}\/us-east-1\/s3\/aws4_request, /;
    if (!signature.test(headers.authorization ?? "")) return 403;
    const hash = createHash("sha256").update(bytes).digest("hex");
    return method === "PUT" && headers["x-amz-content-sha256"] !== hash ? 400 : undefined;
  }
}
