// Large results in a bucket of S3, or of anything that speaks as S3 does. Requests are signed by
// aws4fetch; credentials come from the variables that every S3 client reads.
import { sha256 } from "../base/sha256.ts";
import { reasonOf, UserError } from "../base/user_error.ts";
import { objectName, type ResultStore, StoreAway } from "./large_results.ts";
import { aws4Fetch } from "./libraries.ts";

/** Variables of the environment, of which those of AWS are read. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** `s3://BUCKET/PREFIX`; a prefix may be missing. */
const PLACE =
  /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/((?:[\w-][\w.-]*\/)*[\w-][\w.-]*))?\/?$/;
const REQUEST_MS = 60_000;
/** aws4fetch tries again what a server was too busy for, each time after twice as long. */
const RETRIES = 4;
/** What is stored to see whether anything can be: any bytes under their hash. */
const PROBE = Buffer.from("slabfuzz\n");

export class S3Store implements ResultStore {
  readonly name: string;
  readonly #base: string;
  readonly #environment: Environment;
  #client: Promise<Client> | undefined;

  constructor(word: string, environment: Environment) {
    const [, bucket, prefix] = PLACE.exec(word) ?? [];
    if (bucket === undefined) {
      throw new UserError(`--store ${word}: is no bucket such as s3://BUCKET/PREFIX`);
    }
    this.name = word;
    this.#environment = environment;
    const folder = prefix === undefined ? "" : `${prefix}/`;
    this.#base = `${endpointOf(environment)}/${bucket}/${folder}`;
  }

  async check(): Promise<void> {
    await this.put(sha256(PROBE), PROBE);
  }

  async put(hash: string, bytes: Uint8Array): Promise<void> {
    const headers = { "x-amz-content-sha256": hash };
    const response = await this.#request(hash, {
      method: "PUT",
      headers,
      body: Buffer.from(bytes),
    });
    await response.body?.cancel();
    if (!response.ok) throw this.#refusal(response.status);
  }

  async get(hash: string, most: number): Promise<Uint8Array | undefined> {
    const response = await this.#request(hash, { method: "GET" });
    if (response.ok) return await this.#bounded(response, most);
    await response.body?.cancel();
    if (response.status === 404) return undefined;
    throw this.#refusal(response.status);
  }

  async #request(hash: string, init: RequestInit): Promise<Response> {
    this.#client ??= clientFor(this.name, this.#environment);
    const client = await this.#client;
    try {
      // A redirection leads to a place that nobody named.
      const signal = AbortSignal.timeout(REQUEST_MS);
      return await client.fetch(this.#base + objectName(hash), {
        ...init,
        redirect: "manual",
        signal,
      });
    } catch (error) {
      throw this.#away(error);
    }
  }

  /** No more than so many bytes and one, however many there are. */
  async #bounded({ body }: Response, most: number): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    try {
      for await (const chunk of body ?? []) {
        chunks.push(chunk);
        size += chunk.length;
        if (size > most) break;
      }
    } catch (error) {
      throw this.#away(error);
    }
    return Buffer.concat(chunks).subarray(0, most + 1);
  }

  #away(error: unknown): StoreAway {
    const { cause = error } = error as Error;
    return new StoreAway(`${this.name}: cannot be reached (${reasonOf(cause)})`);
  }

  #refusal(status: number): UserError {
    if (status === 429 || status >= 500) {
      return new StoreAway(`${this.name}: answers ${status}`);
    }
    return new UserError(`${this.name}: ${REFUSALS[status] ?? `answers ${status}`}`);
  }
}

const REFUSALS: Readonly<Record<number, string>> = {
  301: "lies elsewhere: set AWS_REGION or AWS_ENDPOINT_URL_S3",
  307: "lies elsewhere: set AWS_REGION or AWS_ENDPOINT_URL_S3",
  400: "refuses the request: set AWS_REGION and the credentials",
  401: "refuses the credentials",
  403: "refuses the credentials, or what they may do there",
  404: "is no bucket that exists",
};

type Client = InstanceType<Awaited<ReturnType<typeof aws4Fetch>>["AwsClient"]>;

async function clientFor(name: string, environment: Environment): Promise<Client> {
  const accessKeyId = environment["AWS_ACCESS_KEY_ID"] ?? "";
  const secretAccessKey = environment["AWS_SECRET_ACCESS_KEY"] ?? "";
  if (accessKeyId === "" || secretAccessKey === "") {
    throw new UserError(`${name}: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`);
  }
  const { AwsClient } = await aws4Fetch();
  const sessionToken = environment["AWS_SESSION_TOKEN"];
  return new AwsClient({
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    service: "s3",
    region: regionOf(environment),
    retries: RETRIES,
  });
}

function regionOf(environment: Environment): string {
  return environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] ?? "us-east-1";
}

/** Where requests go: the bucket is a part of the path, which all kinds of servers understand. */
function endpointOf(environment: Environment): string {
  const named = environment["AWS_ENDPOINT_URL_S3"] ?? environment["AWS_ENDPOINT_URL"];
  const text = named ?? `https://s3.${regionOf(environment)}.amazonaws.com`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.username === "") {
    return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
  }
  throw new UserError("AWS_ENDPOINT_URL_S3: is no address such as https://HOST:PORT");
}
