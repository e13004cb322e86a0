// The files of deploy/: what they run is there, in the versions that the tests use.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { slabfuzz } from "../helper/command.ts";

const read = (name: string) =>
  readFileSync(new URL(`../../deploy/${name}`, import.meta.url), "utf8");
const { devDependencies } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
);
const compose = parse(read("docker-compose.yml"));
const [deployment, job] = parseAllDocuments(read("kubernetes.yaml")).map((one) => one.toJS());
interface Template {
  readonly spec: {
    readonly template: {
      readonly spec: { readonly containers: readonly { readonly args: readonly string[] }[] };
    };
  };
}
const podOf = ({ spec }: Template) => spec.template.spec.containers[0];

/** The options of a command line that the command's help does not list. */
async function unknownOptions(words: readonly string[]): Promise<readonly string[]> {
  const names = words.filter((word) => /^[a-z]+$/.test(word)).slice(0, 2);
  const { out } = await slabfuzz(...(names[0] === "fleet" ? names : names.slice(0, 1)), "--help");
  return words.filter((word) => word.startsWith("--") && !out.includes(word));
}

describe("deploy", () => {
  it("installs the packages in the versions of the tests", () => {
    const versions = [...read("Dockerfile").matchAll(/(bullmq|ioredis)@(\S+)/g)];
    expect(Object.fromEntries(versions.map(([, name, version]) => [name, version]))).toEqual({
      bullmq: devDependencies.bullmq,
      ioredis: devDependencies.ioredis,
    });
  });

  it("runs workers with options that exist", async () => {
    for (const words of [compose.services.worker.command, podOf(deployment).args]) {
      expect(words.slice(0, 2)).toEqual(["fleet", "work"]);
      expect(await unknownOptions(words)).toEqual([]);
    }
  });

  it("runs the pods of the job as shards of a campaign, as many as there are pods", async () => {
    const line: string = podOf(job).args[0];
    const words = line.slice(line.indexOf("fuzz ")).split(/\s+/);
    expect(await unknownOptions(words)).toEqual([]);
    expect(line).toContain(`$((JOB_COMPLETION_INDEX + 1))/${job.spec.completions} `);
  });

  it("tells the server to keep what it is given, and workers where it is", () => {
    const { valkey, worker } = compose.services;
    expect(valkey.command.join(" ")).toContain("--maxmemory-policy noeviction");
    expect(new URL(worker.environment.SLABFUZZ_REDIS_URL).hostname in compose.services).toBe(true);
  });
});
