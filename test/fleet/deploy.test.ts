// The files of deploy/: they are what Compose and Kubernetes take, and what they run is there, in
// the versions that the tests use.
import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
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

/** What does not fit a schema of schemas/. */
function complaints(schema: string, value: unknown): readonly string[] {
  const file = new URL(`schemas/${schema}.json`, import.meta.url);
  const ajv = new Ajv({ allErrors: true, strictTypes: false });
  const validate = ajv.compile(JSON.parse(readFileSync(file, "utf8")));
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** A document with one value changed, which a path of keys leads to; undefined takes it away. */
function changed(document: object, path: string, value: unknown): object {
  const copy = structuredClone(document);
  const keys = path.split(".");
  const last = keys.pop()!;
  const holder = keys.reduce<Record<string, never>>((at, key) => at[key], copy as never);
  Object.assign(holder, { [last]: value });
  return JSON.parse(JSON.stringify(copy));
}
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

describe("a manifest of deploy/", () => {
  it.each([
    ["compose", compose],
    ["kubernetes", deployment],
    ["kubernetes", job],
  ])("fits the schema of %s", (schema, document) => {
    expect(complaints(schema, document)).toEqual([]);
  });

  it.each([
    ["compose", compose, "services.worker.enviroment", {}, "must NOT have additional properties"],
    ["compose", compose, "services.worker.build", undefined, "must have required property"],
    ["compose", compose, "services.worker.stop_grace_period", "15", "must match pattern"],
    ["compose", compose, "services.valkey.ports", [6379], "must be string"],
    ["kubernetes", deployment, "apiVersion", "v1", "must be equal to constant"],
    ["kubernetes", deployment, "spec.selector", undefined, "must have required property"],
    ["kubernetes", deployment, "spec.replicas", "4", "must be integer"],
    ["kubernetes", deployment, "spec.template.spec.restartPolicy", "Never", "equal to constant"],
    ["kubernetes", job, "spec.template.spec.restartPolicy", "Always", "equal to one of"],
    ["kubernetes", job, "spec.completionMode", "indexed", "equal to one of"],
    ["kubernetes", job, "spec.template.spec.containers.0.resources.limits", { ram: "1" }, "NOT"],
  ])(
    "does not fit the schema of %s where it is broken: %#",
    (schema, document, path, value, why) => {
      expect(complaints(schema, changed(document, path, value)).join("; ")).toContain(why);
    },
  );

  it("selects the pods that it makes, and mounts volumes that it has", () => {
    const { selector, template } = deployment.spec;
    expect(template.metadata.labels).toMatchObject(selector.matchLabels);
    const { volumes, containers } = job.spec.template.spec;
    const names = volumes.map(({ name }: { name: string }) => name);
    for (const { name } of containers[0].volumeMounts) expect(names).toContain(name);
    for (const { volumes: used = [] } of Object.values<{ volumes?: string[] }>(compose.services)) {
      for (const volume of used) expect(compose.volumes).toHaveProperty(volume.split(":")[0]);
    }
  });
});

describe("deploy", () => {
  it("installs the packages in the versions of the tests", () => {
    const versions = [...read("Dockerfile").matchAll(/(bullmq|ioredis|aws4fetch)@(\S+)/g)];
    expect(Object.fromEntries(versions.map(([, name, version]) => [name, version]))).toEqual({
      bullmq: devDependencies.bullmq,
      ioredis: devDependencies.ioredis,
      aws4fetch: devDependencies.aws4fetch,
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
