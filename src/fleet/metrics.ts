// The status of campaigns as OpenMetrics text, for Prometheus and its kin.
// https://prometheus.io/docs/specs/om/open_metrics_spec/
import type { FleetStatus } from "./status.ts";

export const METRICS_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8";

interface Metric {
  readonly name: string;
  readonly type: "gauge" | "counter";
  readonly help: string;
  readonly values: (status: FleetStatus) => readonly (readonly [labels: string, value: number])[];
}

const METRICS: readonly Metric[] = [
  single("cases", "gauge", "Cases of the campaign.", ({ cases }) => cases),
  single("cases_done", "counter", "Cases of shards that are done.", ({ casesDone }) => casesDone),
  single("operations_done", "counter", "Their operations.", ({ operationsDone }) => operationsDone),
  {
    name: "shards",
    type: "gauge",
    help: "Shards by their state.",
    values: ({ done, running, waiting, failed }) => [
      ['state="done"', done],
      ['state="running"', running],
      ['state="waiting"', waiting],
      ['state="failed"', failed.length],
    ],
  },
  single(
    "cases_per_second",
    "gauge",
    "Pace of all workers.",
    ({ casesPerSecond }) => casesPerSecond,
  ),
  single("workers", "gauge", "Workers heard of lately.", ({ workers }) => workers.length),
  single("signatures", "gauge", "Signatures of findings.", ({ signatures }) => signatures.length),
  single(
    "unseen_rate",
    "gauge",
    "Probability that the next case shows a new signature.",
    (status) => {
      return status.estimate.unseenRate;
    },
  ),
];

function single(
  name: string,
  type: Metric["type"],
  help: string,
  value: (status: FleetStatus) => number,
): Metric {
  return { name, type, help, values: (status) => [["", value(status)]] };
}

export function metricsText(statuses: readonly FleetStatus[]): string {
  const lines = METRICS.flatMap(({ name, type, help, values }) => {
    const family = `slabfuzz_fleet_${name}`;
    const sample = type === "counter" ? `${family}_total` : family;
    const samples = statuses.flatMap((status) => {
      return values(status).map(([labels, value]) => {
        const all = [`campaign="${status.name}"`, labels].filter((label) => label !== "");
        return `${sample}{${all.join(",")}} ${value}`;
      });
    });
    return [`# HELP ${family} ${help}`, `# TYPE ${family} ${type}`, ...samples];
  });
  return [...lines, "# EOF", ""].join("\n");
}
