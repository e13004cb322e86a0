// What action.yml runs: slabfuzz with the inputs as options, then outputs and an exit code.
//
// The gate's campaign draws a fresh seed each time, so that what it finds once it may not find
// again. Each new finding of the gate therefore goes into a corpus that the action caches: its
// program fails in later workflows until the target is mended or the baseline names the finding.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

const { env } = process;
const input = (name) => env[`INPUT_${name}`] ?? "";
const out = resolve(input("OUT") || "slabfuzz-ci");
const isGate = input("COMMAND") !== "fuzz";
const cache = join(env.RUNNER_TEMP, "slabfuzz-corpus");
/** Exit codes of slabfuzz: docs/ci.md. */
const FINDINGS = 1;
const WRONG_REQUEST = 2;

const CHOICES = { COMMAND: ["ci", "fuzz"], FAIL_ON: ["new", "any", "none"] };
for (const [name, choices] of Object.entries(CHOICES)) {
  if (choices.includes(input(name))) continue;
  fail(`${name.toLowerCase().replace("_", "-")} has to be one of ${choices.join(", ")}`);
}

const status = isGate ? gate() : campaign();
process.exitCode = status === FINDINGS && input("FAIL_ON") === "none" ? 0 : status;

function gate() {
  const record = join(out, "result.json");
  rmSync(record, { force: true });
  const status = slabfuzz([
    "ci",
    ...(input("QUICK") === "true" ? ["--quick"] : []),
    ...option("--corpus", "CORPUS"),
    ...(input("FAIL_ON") === "any"
      ? ["--baseline", emptyBaseline()]
      : option("--baseline", "BASELINE")),
    ...sharedOptions(),
  ]);
  if (!existsSync(record)) return status;
  const result = readJson(record);
  output("sarif", join(out, "results.sarif"));
  output("junit", join(out, "junit.xml"));
  output("digest", digestOf(result));
  if (input("CACHE") !== "true") return status;
  const again = checkCache(result.target);
  output("grown", String(addToCache(result)));
  return status === 0 ? again : status;
}

function campaign() {
  const status = slabfuzz([
    "fuzz",
    ...["--fail-on", input("FAIL_ON")],
    ...option("--baseline", "BASELINE"),
    ...sharedOptions(),
  ]);
  const record = join(out, "summary.json");
  if (status !== WRONG_REQUEST && existsSync(record)) output("digest", readJson(record).digest);
  return status;
}

function sharedOptions() {
  output("out", out);
  const given = [
    ...option("--target", "TARGET"),
    ...option("--time", "TIME"),
    ...option("--seed", "SEED"),
  ];
  return [...given, "--out", out];
}

/** As one word, so that a value which begins with a dash is no option. */
function option(flag, name) {
  return input(name) === "" ? [] : [`${flag}=${input(name)}`];
}

/** With a baseline that knows nothing, every finding is new. */
function emptyBaseline() {
  const path = join(env.RUNNER_TEMP, "slabfuzz-empty.baseline");
  writeFileSync(path, "");
  return path;
}

/** The project's own, unless another version was installed for this step. */
function slabfuzz(words) {
  const folders = [join(env.RUNNER_TEMP, "slabfuzz"), "."];
  const paths = folders.map((one) => resolve(one, "node_modules/slabfuzz/bin/slabfuzz.js"));
  const path = paths.find((one) => existsSync(one));
  return spawnSync(process.execPath, [path, ...words], { stdio: "inherit" }).status ?? 130;
}

/** Of all that is the same in each run: names, cases and what was seen, without times. */
function digestOf({ sections }) {
  const fixed = sections.filter(({ name, skipped }) => name !== "fuzz" && skipped === null);
  const shown = fixed.map(({ name, checks }) => [
    name,
    checks.map(({ name, passed, cases, signatures }) => [name, passed, cases, signatures]),
  ]);
  return createHash("sha256").update(JSON.stringify(shown)).digest("hex").slice(0, 16);
}

/** Runs what was found earlier, but for what the baseline names by now. */
function checkCache(target) {
  const known = knownSignatures();
  for (const path of cached(".signature")) {
    if (!known.has(readFileSync(path, "utf8"))) continue;
    for (const ending of [".signature", ".slab"])
      rmSync(path.replace(/\.signature$/, ending), { force: true });
  }
  if (cached(".slab").length === 0) return 0;
  process.stdout.write("What earlier workflows found:\n");
  return slabfuzz(["corpus", "check", "--corpus", cache, `--target=${target}`, "--no-config"]);
}

function knownSignatures() {
  const path = input("BASELINE") || "slabfuzz.baseline";
  if (input("FAIL_ON") === "any" || !existsSync(path)) return new Set();
  const lines = readFileSync(path, "utf8").split(/\r?\n/);
  return new Set(lines.flatMap((line) => /^signature: *(.*?) *$/.exec(line)?.[1] ?? []));
}

/** Whether there is something new in it. */
function addToCache({ findings }) {
  const before = cached(".slab").length;
  mkdirSync(cache, { recursive: true });
  for (const { status, path, signature, section } of findings) {
    if (status !== "new" || section === "cost") continue;
    const name = basename(dirname(path)).replace(/\W/g, "-");
    if (existsSync(join(cache, `${name}.slab`))) continue;
    const words = ["add", dirname(path), "--corpus", cache, "--name", name, "--no-config"];
    if (slabfuzz(["corpus", ...words]) !== 0) continue;
    writeFileSync(join(cache, `${name}.signature`), signature);
  }
  return cached(".slab").length > before;
}

function cached(ending) {
  if (!existsSync(cache)) return [];
  const names = readdirSync(cache).filter((name) => name.endsWith(ending));
  return names.map((name) => join(cache, name));
}

function output(name, value) {
  if (/[\r\n]/.test(value)) fail(`${name}: has to be one line`);
  appendFileSync(env.GITHUB_OUTPUT, `${name}=${value}\n`);
}

function readJson(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}

function fail(message) {
  process.stdout.write(`::error title=slabfuzz::${message}\n`);
  process.exit(WRONG_REQUEST);
}
