// The status of a campaign as OpenMetrics text, in a file or served.
import { expect, it } from "vitest";
import { estimateOfCounts } from "../../src/campaign/estimate.ts";
import { metricsText } from "../../src/fleet/metrics.ts";
import { metricsPlace, serveMetrics } from "../../src/fleet/metrics_server.ts";
import type { FleetStatus } from "../../src/fleet/status.ts";

const STATUS: FleetStatus = {
  ...{ name: "0123456789ab", cases: 1000, casesDone: 300, operationsDone: 9000 },
  ...{
    shards: 10,
    done: 3,
    running: 2,
    waiting: 4,
    failed: [{ job: "shard-9", shard: 9, reason: "gone" }],
  },
  ...{ casesPerSecond: 50, operationsPerSecond: 1500, secondsLeft: 14, workers: [] },
  estimate: estimateOfCounts(300, [1, 1, 1, 297]),
  signatures: [],
};

it("metrics have a line for each sample, and an end", () => {
  const lines = metricsText([STATUS]).split("\n");
  expect(lines).toContain('slabfuzz_fleet_shards{campaign="0123456789ab",state="failed"} 1');
  expect(lines).toContain('slabfuzz_fleet_cases_done_total{campaign="0123456789ab"} 300');
  expect(lines).toContain(`slabfuzz_fleet_unseen_rate{campaign="0123456789ab"} ${3 / 300}`);
  expect(lines.slice(-2)).toEqual(["# EOF", ""]);
  for (const line of lines.slice(0, -2)) {
    expect(line).toMatch(
      /^(# (HELP|TYPE) slabfuzz_fleet_\w+ .+|slabfuzz_fleet_\w+\{[^}]+\} [\d.e-]+)$/,
    );
  }
});

it.each([
  [":9100", { host: "127.0.0.1", port: 9100 }],
  ["0.0.0.0:9100", { host: "0.0.0.0", port: 9100 }],
  ["metrics.prom", undefined],
  [":99999", undefined],
])("the place %s is read", (word, place) => {
  expect(metricsPlace(word)).toEqual(place);
});

it("metrics are served at /metrics and nowhere else", async () => {
  const server = await serveMetrics({ host: "127.0.0.1", port: 0 }, async () => "text\n");
  const { port } = server.address() as { port: number };
  const answers = [];
  for (const path of ["/metrics", "/"]) {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    answers.push([answer.status, await answer.text()]);
  }
  await new Promise((closed) => server.close(closed));
  expect(answers).toEqual([
    [200, "text\n"],
    [404, ""],
  ]);
});
