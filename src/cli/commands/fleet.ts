// slabfuzz fleet: a campaign on many machines, which share a Redis or Valkey server.

import { hostname } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import type { Queue } from "bullmq";
import type { Command } from "commander";
import { counted } from "../../base/count_text.ts";
import { overlaid } from "../../base/fields.ts";
import { UserError } from "../../base/user_error.ts";
import { slabfuzzVersion } from "../../base/version.ts";
import { writeWholeFile } from "../../base/whole_file.ts";
import { type FuzzResult, UnstoredCampaign } from "../../campaign/fuzz.ts";
import { collect } from "../../fleet/collect.ts";
import { type Connection, ServerLost } from "../../fleet/connection.ts";
import { FolderStore } from "../../fleet/folder_store.ts";
import { LargeResults, type ResultStore, STORE_FROM_BYTES } from "../../fleet/large_results.ts";
import { FleetIndex, type FleetLedger } from "../../fleet/ledger.ts";
import { bullMq } from "../../fleet/libraries.ts";
import { metricsText } from "../../fleet/metrics.ts";
import { type MetricsPlace, metricsPlace, serveMetrics } from "../../fleet/metrics_server.ts";
import { shardCount } from "../../fleet/record.ts";
import { S3Store } from "../../fleet/s3_store.ts";
import { type StartedCampaign, startCampaign } from "../../fleet/start.ts";
import { type FleetStatus, fleetStatus, requeueFailed } from "../../fleet/status.ts";
import { fleetStatusLines } from "../../fleet/status_text.ts";
import { type FailedShards, work } from "../../fleet/work.ts";
import { bugsText } from "../../target/bug_names.ts";
import { CASES_MAX } from "../../target/options.ts";
import { SHAPE_DETAILS } from "../case_options.ts";
import { addConfigOptions, type ConfigOptions, configured } from "../config/load.ts";
import { requestOf } from "../config/settings.ts";
import { ExitCode } from "../exit_code.ts";
import { showResult } from "../fuzz_lines.ts";
import { helpText } from "../help_text.ts";
import { listenForInterrupt } from "../interrupt.ts";
import { failureCode } from "../known_findings.ts";
import { CASE_OPTIONS, OPTIONS, type Settings } from "../options/campaign_options.ts";
import { addOptions, ownOption, saidOf } from "../options/option.ts";
import { addServerOptions, type ServerOptions, withServer } from "../options/server_options.ts";
import { durationMs, numberFrom } from "../options/value.ts";
import { ProgressLine } from "../progress.ts";
import {
  isShown,
  leaveFullScreen,
  note,
  print,
  printJson,
  setExitCode,
  showFullScreen,
} from "../terminal.ts";

interface StartOptions extends Settings, ConfigOptions, ServerOptions {
  readonly shardCases?: number;
  readonly json?: boolean;
}

interface NamedOptions extends ServerOptions {
  readonly campaign?: string;
  readonly json?: boolean;
}

interface WorkOptions extends NamedOptions {
  readonly jobs: number;
  readonly lease: number;
  readonly untilDone?: boolean;
  readonly store?: string;
  readonly storeFrom?: number;
}

interface StatusOptions extends NamedOptions {
  readonly requeue?: boolean;
  readonly watch?: boolean;
  readonly metrics?: string;
}

interface CollectOptions extends NamedOptions {
  readonly out: string;
  readonly jobs: number;
  readonly failOn: Settings["failOn"];
  readonly listAll?: boolean;
  readonly store?: string;
}

const LEASE_MS = 30_000;
const STORE_FROM_MAX = 16 * 1024 * 1024;
/** Findings on modules depend on it. */
const nodeMajor = Number(process.versions.node.split(".")[0]);
const WATCH_MS = 2000;
/** A worker hands its shards back within this time after the first signal. */
const HAND_BACK_MS = 10_000;

export function register(program: Command): void {
  const command = program
    .command("fleet")
    .description("a campaign on many machines, by a Redis or Valkey server")
    .helpCommand(false)
    .addHelpText("after", () => helpText("fleet"));
  const startCommand = command.command("start").description("hand a campaign to the fleet");
  addServerOptions(addConfigOptions(addOptions(startCommand, CASE_OPTIONS)))
    .addOption(ownOption(OPTIONS, "cases", "how many cases; a fleet's campaign has an end"))
    .addOption(ownOption(OPTIONS, "timeout"))
    .option(
      "--shard-cases <n>",
      "cases of a shard (default: as many as a core runs in 20 s)",
      numberFrom(1, CASES_MAX),
    )
    .option("--json", "print the campaign as JSON")
    .addHelpText("after", () => helpText("fleet-start", { "shape-details": SHAPE_DETAILS }))
    .action(inServersWords(start));
  addNamed(command.command("work").description("take shards and run them, until it is ended"))
    .addOption(ownOption(OPTIONS, "jobs", "shards at a time, each on its own thread", 1))
    .option("--lease <time>", "silence after which others take a shard (default: 30s)", durationMs)
    .option("--until-done", "end when every campaign is done; 3 where shards failed for good")
    .option("--store <place>", "where large results go: a folder, or s3://BUCKET/PREFIX")
    .option(
      "--store-from <bytes>",
      `results of so many bytes are large (default: ${STORE_FROM_BYTES})`,
      numberFrom(1, STORE_FROM_MAX),
    )
    .addHelpText("after", () => helpText("fleet-work"))
    .action(inServersWords(runWorker));
  addNamed(command.command("status").description("how far the campaigns are"))
    .option("--requeue", "put shards that failed for good back into the queue")
    .option("--watch", "show it again every two seconds, until it is ended")
    .option("--metrics <place>", "OpenMetrics text: into a FILE, or served at :PORT on loopback")
    .option("--json", "print it as JSON")
    .addHelpText("after", () => helpText("fleet-status"))
    .action(inServersWords(showStatus));
  addNamed(command.command("collect").description("store what is done so far as a folder"))
    .requiredOption("--out <folder>", "where the campaign is stored")
    .addOption(ownOption(OPTIONS, "jobs", "threads that write findings up", 1))
    .addOption(ownOption(OPTIONS, "failOn", "what makes the exit code 1", "new"))
    .option("--store <place>", "where the workers put large results")
    .option("--list-all", "list every class and every finding, not only what matters most")
    .option("--json", "print the result as JSON")
    .addHelpText("after", () => helpText("fleet-collect"))
    .action(inServersWords(collectAndShow));
}

function addNamed(command: Command): Command {
  return addServerOptions(command).option(
    "--campaign <name>",
    "the campaign's name, as start prints it (default: all, or the only one)",
  );
}

/** A server that stayed away is no mistake in the request: exit code 3. */
function inServersWords<O>(run: (options: O) => Promise<void>): (options: O) => Promise<void> {
  return async (options) => {
    try {
      await run(options);
    } catch (error) {
      if (!(error instanceof ServerLost)) throw error;
      note(error.message);
      setExitCode(ExitCode.INTERNAL);
    }
  };
}

async function start(options: StartOptions): Promise<void> {
  const said = saidOf({ ...CASE_OPTIONS, cases: OPTIONS.cases, timeout: OPTIONS.timeout }, options);
  const settings = overlaid<Settings>(await configured(options), said);
  await withServer(options, async ({ redis, name }) => {
    const index = new FleetIndex(redis, options.prefix);
    const request = { ...(await requestOf(settings)), shardCases: options.shardCases, nodeMajor };
    const started = await startCampaign(index, request);
    if (options.json === true) printJson(startedRecord(started));
    else print(startedLines(started, name));
  });
}

function startedRecord({ name, campaign, isNew, target }: StartedCampaign) {
  const { cases, shardCases } = campaign;
  const shards = shardCount(campaign);
  return { name, isNew, cases, shards, shardCases, seed: String(target.options.seed) };
}

function startedLines({ name, campaign, isNew, target }: StartedCampaign, server: string) {
  const { options, text } = target;
  const { cases, shardCases } = campaign;
  return [
    `slabfuzz ${slabfuzzVersion()}: fleet, ${options.target}, seed ${options.seed}, ` +
      `${text.place}, bugs ${bugsText(options.bugs)}, ${text.unusual}ops ${options.opCountMax}`,
    `campaign ${name}${isNew ? "" : ", which the fleet had already"}: ` +
      `${counted(cases, "case")} in ${counted(shardCount(campaign), "shard")} of ${shardCases}`,
    `work on it:  slabfuzz fleet work --redis ${server}`,
    `look at it:  slabfuzz fleet status --redis ${server}`,
    `its result:  slabfuzz fleet collect --redis ${server} --campaign ${name} --out DIR`,
  ];
}

async function runWorker(options: WorkOptions): Promise<void> {
  const interruption = listenForInterrupt(HAND_BACK_MS, "shards go back to the fleet");
  const { prefix, jobs, campaign, untilDone, lease: leaseMs = LEASE_MS } = options;
  const { signal } = interruption;
  try {
    const store = storeAt(options.store);
    const large = new LargeResults(store, options.storeFrom);
    await withServer(options, async (connection) => {
      await store?.check();
      const name = `${hostname()}-${process.pid}`;
      const asked = { name, connection, prefix, jobs, campaign, untilDone, leaseMs, signal };
      const failed = await work({ ...asked, large, nodeMajor, say: note });
      if (untilDone === true) sayFailed(failed);
    });
  } finally {
    interruption.release();
  }
}

/** The store at a place: a folder, or a bucket. */
function storeAt(place: string | undefined): ResultStore | undefined {
  if (place === undefined) return undefined;
  return place.startsWith("s3:") ? new S3Store(place, process.env) : new FolderStore(place);
}

/** Shards that failed for good are no end of a campaign. */
function sayFailed(failed: FailedShards): void {
  if (failed.size === 0) return;
  for (const [name, count] of failed) {
    note(
      `campaign ${name}: ${counted(count, "shard")} failed for good: slabfuzz fleet status says ` +
        `why, and with --requeue puts them back into the queue`,
    );
  }
  setExitCode(ExitCode.INTERNAL);
}

async function showStatus(options: StatusOptions): Promise<void> {
  await withServer(options, async (connection) => {
    if (options.requeue === true) await requeue(connection, options);
    const place = metricsPlace(options.metrics ?? "");
    if (place === undefined && options.watch !== true) {
      await showOnce(options, await statusesOf(connection, options));
    } else await showAgainAndAgain(connection, options, place);
  });
}

async function statusesOf(connection: Connection, options: StatusOptions): Promise<FleetStatus[]> {
  const ledgers = await ledgersOf(connection, options);
  const status = (ledger: FleetLedger) =>
    withQueue(connection, options, ledger, (queue) => fleetStatus(ledger, queue));
  return Promise.all(ledgers.map(status));
}

async function requeue(connection: Connection, options: StatusOptions): Promise<void> {
  for (const ledger of await ledgersOf(connection, options)) {
    const count = await withQueue(connection, options, ledger, requeueFailed);
    note(`campaign ${ledger.name}: ${counted(count, "shard")} put back into the queue`);
  }
}

async function showOnce({ json, metrics }: StatusOptions, statuses: FleetStatus[]): Promise<void> {
  if (metrics !== undefined) writeWholeFile(metrics, metricsText(statuses));
  if (json === true) printJson({ campaigns: statuses });
  else print(linesOf(statuses));
}

function linesOf(statuses: readonly FleetStatus[]): readonly string[] {
  return statuses.flatMap((status, i) => [...(i > 0 ? [""] : []), ...fleetStatusLines(status)]);
}

/** Until it is interrupted, or the server is lost. */
async function showAgainAndAgain(
  connection: Connection,
  options: StatusOptions,
  place: MetricsPlace | undefined,
): Promise<void> {
  const interruption = listenForInterrupt();
  const signal = AbortSignal.any([interruption.signal, connection.lost]);
  const textOf = async () => metricsText(await statusesOf(connection, options));
  const server = place && (await serveMetrics(place, textOf));
  if (place !== undefined) note(`metrics at http://${place.host}:${place.port}/metrics`);
  try {
    while (!signal.aborted) {
      if (options.watch === true) {
        const statuses = await statusesOf(connection, options);
        if (isShown()) showFullScreen(linesOf(statuses));
        else await showOnce(options, statuses);
      }
      await wait(WATCH_MS, undefined, { signal }).catch(() => {});
    }
    connection.lost.throwIfAborted();
  } finally {
    leaveFullScreen();
    server?.close();
    interruption.release();
  }
}

async function withQueue<T>(
  { options: connection }: Connection,
  { prefix }: ServerOptions,
  { name }: FleetLedger,
  does: (queue: Queue) => Promise<T>,
): Promise<T> {
  const { Queue: BullQueue } = await bullMq();
  const queue = new BullQueue(name, { connection, prefix });
  queue.on("error", () => {}); // the other connection says what is wrong
  try {
    return await does(queue);
  } finally {
    await queue.close();
  }
}

/** The campaign that is named, or all. Refuses a fleet without any. */
async function ledgersOf(
  { redis, name }: Connection,
  options: NamedOptions,
  large?: LargeResults,
): Promise<FleetLedger[]> {
  const index = new FleetIndex(redis, options.prefix, large);
  const names = options.campaign === undefined ? await index.names() : [options.campaign];
  if (names.length === 0) {
    throw new UserError(`${name}: has no campaign: begin one with slabfuzz fleet start`);
  }
  return Promise.all(names.map(async (one) => index.ledgerOf(await index.find(one))));
}

async function collectAndShow(options: CollectOptions): Promise<void> {
  const { out, jobs, json, failOn } = options;
  const { signal, release } = listenForInterrupt();
  const progress = new ProgressLine(json);
  try {
    await withServer(options, async (connection) => {
      const large = new LargeResults(storeAt(options.store));
      const [ledger, ...others] = await ledgersOf(connection, options, large);
      if (others.length > 0) {
        const names = [ledger, ...others].map(({ name }) => name).join(" ");
        throw new UserError(`--campaign: there are several: ${names}`);
      }
      const show = (result: FuzzResult) => showResult(result, options, missingLines(result));
      try {
        const result = await collect({
          ...{ ledger, out, jobs, nodeMajor, signal },
          onShard: (done, total) => progress.see({ what: "reading", done, total, unit: "shards" }),
          onFolder: (done, total) =>
            progress.see({ what: "writing up", done, total, unit: "findings" }),
        });
        progress.end();
        show(result);
        setExitCode(failureCode({ failOn }, result));
      } catch (error) {
        if (error instanceof UnstoredCampaign) show(error.result);
        throw error;
      }
    });
  } finally {
    progress.end();
    release();
  }
}

function missingLines({ isFinished, summary, start: { header } }: FuzzResult): readonly string[] {
  if (isFinished || header.cases === null) return [];
  const left = header.cases - summary.cases;
  return [`${counted(left, "case")} of ${header.cases} are not done yet: collect again later`];
}
