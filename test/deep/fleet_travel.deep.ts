// The files of a campaign's target come with the campaign: machines that lack them, or have others
// in their place, give the same bytes; files that are not what was sent are refused.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sha256 } from "../../src/base/sha256.ts";
import { identityOf } from "../../src/campaign/identity.ts";
import { fleetTarget } from "../../src/fleet/fleet_target.ts";
import { FleetIndex } from "../../src/fleet/ledger.ts";
import { packed } from "../../src/fleet/packing.ts";
import {
  campaignName,
  FILES_BYTES_MAX,
  type FleetCampaign,
  fileRecords,
  readRecord,
  recordText,
} from "../../src/fleet/record.ts";
import type { Target, TargetFile } from "../../src/target/target.ts";
import { programOfScript, targetFor, targetOfFiles } from "../../src/targets/targets.ts";
import { bumpModule } from "../helper/bump_module.ts";
import { TestFleet } from "../helper/fleet.ts";
import { hasServer, RedisServer } from "../helper/redis_server.ts";

const CORE = fileURLToPath(new URL("../../build/slub.wasm", import.meta.url));
const NODE = 20;

const root = mkdtempSync(join(tmpdir(), "slabfuzz-travel-"));
afterAll(() => rmSync(root, { recursive: true }));

function folder(name: string): string {
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  return path;
}

/** A record for a target, as `start` makes it. */
function recordOf(target: Target, files = fileRecords(target)): FleetCampaign {
  const rest = { cases: 100, shardCases: 50, timeoutMs: 10_000, node: NODE };
  return { ...identityOf(target), ...rest, files };
}

async function moduleTarget(name: string): Promise<Target> {
  const path = join(folder("modules"), `${name}.wasm`);
  writeFileSync(path, bumpModule());
  writeFileSync(path.replace(/wasm$/, "js"), `// ${name}\n`);
  return await targetFor({ target: path, bugs: ["none"], seed: 5n });
}

describe("the files of a target", () => {
  it("are its module and the scripts beside it, a canary's core, and none for slub", async () => {
    const { files } = await moduleTarget("beside");
    expect(files.map(({ path }) => path.replace(/^.*\//, ""))).toEqual([
      "beside.wasm",
      "beside.js",
    ]);
    const canary = await targetFor({ target: "canary:third-name-traps", seed: 5n });
    expect(canary.files.map(({ path }) => path)).toEqual(["build/slub.canary.wasm"]);
    expect((await targetFor({ seed: 5n })).files).toEqual([]);
  });

  it("make the same target where they are not on disk, also for scripts", async () => {
    const here = await moduleTarget("gone");
    const { campaignToken, files, options } = here;
    rmSync(options.target);
    const [first, ...more] = files;
    // The name of another file: nothing that is remembered of the first one can help.
    const name = options.target.replace("gone.wasm", "elsewhere.wasm");
    const token = campaignToken.replace("gone.wasm", "elsewhere.wasm");
    const there = await targetOfFiles(token, [first, ...more]);
    expect(there.build).toBe(here.build);
    const program = await programOfScript({
      text: `# target: ${name}\nalloc b0 10\n`,
      ...{ name: "x", file: "x" },
    });
    expect(program.onlyOn).toBe(name);
  });

  it("are refused where they are no such target", async () => {
    const { campaignToken } = await moduleTarget("refused");
    const text: TargetFile = { path: "refused.wasm", bytes: Buffer.from("no module") };
    await expect(targetOfFiles(campaignToken, [text])).rejects.toThrow(/^refused\.wasm: /);
    const release = await targetFor({ seed: 5n });
    const core = { path: "build/slub.wasm", bytes: readFileSync(CORE) };
    await expect(targetOfFiles(release.campaignToken, [core])).rejects.toThrow(
      "slub: is no core that travels",
    );
    const canary = await targetFor({ target: "canary:third-name-traps", seed: 5n });
    await expect(
      targetOfFiles(canary.campaignToken, [{ path: "x", bytes: bumpModule() }]),
    ).rejects.toThrow("is no core, it does not export");
  });

  it("are refused in one sentence where they are too large", async () => {
    const target = await moduleTarget("large");
    const bytes = new Uint8Array(FILES_BYTES_MAX + 1);
    const { options } = target;
    expect(() => fileRecords({ options, files: [{ path: "x", bytes }] })).toThrow(
      `has ${FILES_BYTES_MAX + 1} bytes with its scripts, and a fleet carries`,
    );
    const file = { path: "x", hash: sha256(bytes), size: FILES_BYTES_MAX };
    const record = recordText(recordOf(target, [file, { ...file, size: 1 }]));
    expect(() => readRecord(record, "campaign x")).toThrow(
      `campaign x: files: must have ${FILES_BYTES_MAX} bytes at most`,
    );
    expect(readRecord(recordText(recordOf(target, [file])), "campaign x").files).toEqual([file]);
    const hidden = recordText(recordOf(target, [{ ...file, path: "a\u001b[2Jb" }]));
    expect(() => readRecord(hidden, "campaign x")).toThrow("files[0].path: must be a path");
  });
});

describe.skipIf(!hasServer)("a campaign in the fleet", () => {
  let server: RedisServer;
  let redis: Redis;
  const fleets: TestFleet[] = [];

  beforeAll(async () => {
    server = await RedisServer.start();
    redis = server.client();
  });

  afterAll(async () => {
    redis.disconnect();
    for (const fleet of fleets) fleet.end();
    await server.end();
  });

  const core = (path: string) => copyFileSync(CORE, path);
  const module = (path: string) => {
    writeFileSync(path, bumpModule());
    writeFileSync(path.replace(/wasm$/, "js"), "// glue of it\n");
  };
  it.each([
    ["a module", module, ["--target", "it.wasm", "--bugs", "double-free"]],
    ["a canary", core, ["--target", "canary:one-object-too-many", "--bugs", "none"]],
  ])("on %s gives the same bytes where its files are not there", async (name, make, target) => {
    const fleet = new TestFleet(server);
    fleets.push(fleet);
    fleet.cwd = folder(`has ${name}`);
    make(join(fleet.cwd, "it.wasm"));
    const words = [...target, "--seed", "5", "--cases", "100", "--ops", "30"];
    const campaign = await fleet.start(...words, "--shard-cases", "50");
    const alone = await fleet.alone(...words);
    fleet.cwd = folder(`lacks ${name}`);
    expect((await fleet.work().ended).code).toBe(0);
    expect(await fleet.collected(campaign)).toEqual(alone);
    expect(Object.keys(alone).length).toBeGreaterThan(1);
  });

  async function ledgerWith(target: Target, bytes: Uint8Array | undefined) {
    const index = new FleetIndex(redis, "hostile");
    const record = recordOf(target);
    await index.add(record, target.files);
    const key = `hostile:fleet:${campaignName(record)}:files`;
    if (bytes === undefined) await redis.hdel(key, record.files[0].hash);
    else await redis.hset(key, record.files[0].hash, Buffer.from(bytes));
    return index.ledgerOf(record);
  }

  it.each([
    ["of other bytes", packed(bumpModule("(drop (i32.const 1))")), /is not the file|larger than/],
    ["that unpacks to far more", packed(new Uint8Array(FILES_BYTES_MAX)), /is damaged, or larger/],
    ["that is too large even packed", Buffer.alloc(FILES_BYTES_MAX + 65_537), /is larger than/],
    ["that is not packed", Buffer.from("hello"), /is damaged, or larger/],
    ["that is missing", undefined, /is not in the fleet/],
  ])("is refused with a file %s", async (_, bytes, sentence) => {
    const ledger = await ledgerWith(await moduleTarget("hostile"), bytes);
    await expect(fleetTarget(ledger, NODE)).rejects.toThrow(sentence);
  });

  it("is refused with the file of another module than its token says", async () => {
    const target = await moduleTarget("token");
    const other = bumpModule("(drop (i32.const 1))");
    const files = [{ path: "token.wasm", bytes: other }];
    const index = new FleetIndex(redis, "hostile");
    const record = { ...recordOf(target), files: fileRecords({ ...target, files }) };
    await index.add(record, files);
    await expect(fleetTarget(index.ledgerOf(record), NODE)).rejects.toThrow(
      /another build of slabfuzz made it|another campaign/,
    );
  });

  it("is refused on another Node if it is on a module, and on none if it is on slub", async () => {
    const module = await moduleTarget("node");
    const index = new FleetIndex(redis, "node");
    const record = recordOf(module);
    await index.add(record, module.files);
    const ledger = index.ledgerOf(record);
    expect((await fleetTarget(ledger, NODE)).build).toBe(module.build);
    await expect(fleetTarget(ledger, NODE + 2)).rejects.toThrow(
      `Node ${NODE} started it, and Node ${NODE + 2} may run its module otherwise`,
    );
    const slub = await targetFor({ seed: 5n });
    const own = index.ledgerOf(recordOf(slub));
    expect((await fleetTarget(own, NODE + 2)).build).toBe(slub.build);
  });
});
