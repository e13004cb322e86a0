// Large results in a folder and in a bucket: what is put comes back, and nothing else does.
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sha256 } from "../../src/base/sha256.ts";
import { FolderStore } from "../../src/fleet/folder_store.ts";
import { LargeResults, type ResultStore, StoreAway } from "../../src/fleet/large_results.ts";
import { packed } from "../../src/fleet/packing.ts";
import { Persistence } from "../../src/fleet/persist.ts";
import { S3Store } from "../../src/fleet/s3_store.ts";
import { BucketServer } from "../helper/bucket_server.ts";

const FROM = 40;
/** Larger than that when packed. */
const TEXT = Array.from({ length: 100 }, (_, i) => i ** 3).join(" ");
const root = mkdtempSync(join(tmpdir(), "slabfuzz-store-"));
let bucket: BucketServer;

beforeAll(async () => {
  bucket = await BucketServer.start();
});

afterAll(() => {
  bucket.end();
  rmSync(root, { recursive: true });
});

let folders = 0;
const folderStore = () => new FolderStore(join(root, `store-${folders++}`));
const bucketStore = () => new S3Store("s3://results/of/fleets", bucket.environment);
const KINDS = [
  ["a folder", folderStore],
  ["a bucket", bucketStore],
] as const;

/** A store that holds one result; what Redis has of it. */
async function withResult(store: ResultStore) {
  await store.check();
  const large = new LargeResults(store, FROM);
  return { large, inRedis: await large.toRedis(TEXT) };
}

describe.each(KINDS)("a store in %s", (_, open) => {
  it("gives a large result back, of which Redis has its name and size", async () => {
    const { large, inRedis } = await withResult(open());
    expect(String(inRedis)).toBe(`object ${sha256(packed(TEXT))} ${packed(TEXT).length}`);
    expect(await large.fromRedis(inRedis, "x")).toBe(TEXT);
    expect(await large.toRedis(TEXT)).toEqual(inRedis);
  });

  it("is not asked for a small result", async () => {
    const large = new LargeResults(open(), FROM);
    const small = await large.toRedis("small");
    expect(small).toEqual(packed("small"));
    expect(await large.fromRedis(small, "x")).toBe("small");
  });

  it("is refused what it does not have, in one sentence", async () => {
    const store = open();
    const { large } = await withResult(store);
    const missing = Buffer.from(`object ${"0".repeat(64)} 100`);
    await expect(large.fromRedis(missing, "shard 3")).rejects.toThrow(
      `shard 3: is not in ${store.name}`,
    );
    await expect(new LargeResults().fromRedis(missing, "shard 3")).rejects.toThrow(
      "shard 3: lies in a store: say --store as the workers did",
    );
  });

  it("is refused more bytes than a result may have", async () => {
    const { large } = await withResult(open());
    const huge = Buffer.from(`object ${"0".repeat(64)} 999999999`);
    await expect(large.fromRedis(huge, "shard 3")).rejects.toThrow("shard 3: is larger than");
  });
});

describe("a reference that is none", () => {
  it.each(["object", "object ../../etc/passwd 100", `object ${"0".repeat(64)} -1`])(
    "is refused: %s",
    async (text) => {
      const large = new LargeResults(folderStore());
      await expect(large.fromRedis(Buffer.from(text), "x")).rejects.toThrow("x: is damaged");
    },
  );
});

describe("a folder with something else in it", () => {
  it("is refused where the bytes of a result were changed", async () => {
    const store = folderStore();
    const { large, inRedis } = await withResult(store);
    const [name] = readdirSync(store.name);
    const path = join(store.name, name);
    const { size } = statSync(path);
    for (const text of ["other", "x".repeat(1e6), "x".repeat(size)]) {
      writeFileSync(path, text);
      await expect(large.fromRedis(inRedis, "shard 3")).rejects.toThrow(
        `shard 3: ${store.name} has something else in its place`,
      );
      await expect(large.toRedis(TEXT)).rejects.toThrow(`${name}: is no result`);
      expect(readFileSync(path, "utf8")).toBe(text);
    }
  });

  it("is refused where a result, or the folder itself, is a link", async () => {
    const store = folderStore();
    const { large, inRedis } = await withResult(store);
    const path = join(store.name, readdirSync(store.name)[0]);
    const bytes = readFileSync(path);
    rmSync(path);
    writeFileSync(join(root, "elsewhere"), bytes);
    symlinkSync(join(root, "elsewhere"), path);
    await expect(large.fromRedis(inRedis, "x")).rejects.toThrow("is a link, and no result");
    await expect(large.toRedis(TEXT)).rejects.toThrow("is no result");
    mkdirSync(join(root, "real"));
    symlinkSync(join(root, "real"), join(root, "link"));
    await expect(new FolderStore(join(root, "link")).check()).rejects.toThrow("is a link");
  });

  it("keeps the drafts of others, who write at the same time", async () => {
    const store = folderStore();
    await store.check();
    const draft = join(store.name, ".draft-0123456789abcdef");
    writeFileSync(draft, "half");
    await withResult(store);
    expect(readFileSync(draft, "utf8")).toBe("half");
  });
});

describe("a bucket that does not do as it should", () => {
  it("is refused where it gives back other bytes, or far too many", async () => {
    const { large, inRedis } = await withResult(bucketStore());
    const [name] = [...bucket.objects.keys()].filter((key) => {
      return key.includes(sha256(packed(TEXT)));
    });
    const { length } = packed(TEXT);
    for (const bytes of [Buffer.from("other"), Buffer.alloc(1 << 22), Buffer.alloc(length)]) {
      bucket.objects.set(name, bytes);
      await expect(large.fromRedis(inRedis, "shard 3")).rejects.toThrow(
        "shard 3: s3://results/of/fleets has something else in its place",
      );
    }
    bucket.objects.delete(name);
  });

  it.each([
    [301, "lies elsewhere: set AWS_REGION"],
    [403, "refuses the credentials"],
    [404, "is no bucket that exists"],
  ])("is refused where it answers %i", async (status, sentence) => {
    bucket.answers = { status, times: 1 };
    await expect(bucketStore().check()).rejects.toThrow(`s3://results/of/fleets: ${sentence}`);
  });

  it("is tried again where it is busy, and then waited for, which is said once", async () => {
    const said: string[] = [];
    const persistence = new Persistence("redis", new AbortController().signal, (line) => {
      said.push(line);
    });
    // Five requests are one attempt.
    bucket.answers = { status: 503, times: 12 };
    await persistence.make(() => bucketStore().check());
    expect(said).toEqual(["s3://results/of/fleets: answers 503: waiting until it takes results"]);
  });

  it("is said to be away where no server listens", async () => {
    const environment = { ...bucket.environment, AWS_ENDPOINT_URL_S3: "http://127.0.0.1:1" };
    const store = new S3Store("s3://results", environment);
    await expect(store.check()).rejects.toThrow(StoreAway);
    await expect(store.check()).rejects.toThrow("s3://results: cannot be reached");
  });
});

describe("a word for a bucket", () => {
  it.each(["s3://", "s3://UPPER/x", "s3:bucket", "s3://bucket/../x", "s3://bucket/a?b"])(
    "is refused: %s",
    (word) => {
      expect(() => new S3Store(word, {})).toThrow(`--store ${word}: is no bucket such as`);
    },
  );

  it("is refused without credentials, and with an endpoint that is none", async () => {
    await expect(new S3Store("s3://bucket", {}).check()).rejects.toThrow(
      "s3://bucket: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    );
    expect(() => new S3Store("s3://bucket", { AWS_ENDPOINT_URL: "ftp://host" })).toThrow(
      "AWS_ENDPOINT_URL_S3: is no address",
    );
  });
});
