// The status of a campaign as lines.
import { counted } from "../base/count_text.ts";
import { columnLines } from "../base/option_text.ts";
import { estimateLines } from "../campaign/estimate.ts";
import { countText } from "../campaign/quantity_text.ts";
import type { FleetStatus } from "./status.ts";

/** Signatures that are listed: the newest. */
const NEWEST = 5;
/** Failed shards that are listed. */
const FAILED = 5;

export function fleetStatusLines(status: FleetStatus): readonly string[] {
  const { shards, done, running, waiting, failed, casesPerSecond, operationsPerSecond } = status;
  const percent = ((100 * status.casesDone) / status.cases).toFixed(1);
  return [
    `campaign ${status.name}: ${percent} %, ${countText(status.casesDone)} of ` +
      `${countText(status.cases)} cases${leftText(status)}`,
    `shards: ${shards}, ${done} done, ${running} running, ${waiting} waiting, ` +
      `${failed.length} failed`,
    `pace: ${countText(casesPerSecond)} cases/s, ${countText(operationsPerSecond)} operations/s`,
    ...failed.slice(0, FAILED).map(({ job, reason }) => `  failed: ${job}: ${reason}`),
    ...workerLines(status),
    ...estimateLines(status.estimate, 1),
    ...newestLines(status),
  ];
}

function leftText({ secondsLeft, done, shards }: FleetStatus): string {
  if (done === shards) return ", done";
  return secondsLeft === null ? ", nobody works on it" : `, ${ageText(secondsLeft)} left`;
}

function workerLines({ workers }: FleetStatus): readonly string[] {
  if (workers.length === 0) return ["workers: none"];
  const rows = workers.map(({ id, build, node, jobs, casesPerSecond, secondsSilent }) => [
    `  ${id}`,
    `build ${build}`,
    `Node ${node}`,
    counted(jobs, "job"),
    `${countText(casesPerSecond)} cases/s`,
    `heard ${ageText(secondsSilent)} ago`,
  ]);
  return [`workers: ${workers.length}`, ...columnLines(rows)];
}

function newestLines({ signatures }: FleetStatus): readonly string[] {
  const newest = signatures.slice(-NEWEST).reverse();
  return newest.map(
    ({ signature, secondsAgo }) => `  new ${ageText(secondsAgo)} ago: ${signature}`,
  );
}

/** 5 s, 3:20 min, 2:05 h. */
function ageText(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const [unit, size] = seconds < 3600 ? ["min", 60] : ["h", 3600];
  const whole = Math.floor(seconds / size);
  const rest = Math.floor((seconds - whole * size) / (size / 60));
  return `${whole}:${String(rest).padStart(2, "0")} ${unit}`;
}
