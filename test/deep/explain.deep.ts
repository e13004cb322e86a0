// How well logs are explained: the public ones, and consoles of real kernels that ran scripts whose
// mistakes are known. Every figure of docs/explain.md is printed here.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import { causesOf, FITTED, type RankedCause, rankedCauses } from "../../src/explain/cause/rank.ts";
import { programFor } from "../../src/explain/program/search.ts";
import { readingOf } from "../../src/explain/reading.ts";
import {
  calibrationRows,
  draws,
  hypothesesOf,
  KERNELS,
  knownConsoles,
} from "../explain/calibration.ts";
import { MANNERS } from "../helper/disturbed.ts";
import { inputOf } from "../helper/explained.ts";
import { publicLogPath, publicLogs, rawConsoles, recordedLogs } from "../helper/shared_logs.ts";

/** A log, its causes, and those of them that are right. */
interface Outcome {
  readonly name: string;
  readonly causes: readonly RankedCause[];
  readonly right: readonly string[];
}

function outcomeOf(name: string, log: Uint8Array, right: readonly string[]): Outcome[] {
  const reading = readingOf(inputOf(log));
  if (reading.reports.length === 0) return [];
  return [{ name, causes: causesOf(reading, { draws }), right }];
}

/** Of the first right class, from 0; -1 if none is there. */
function rankOf({ causes, right }: Outcome): number {
  return causes.findIndex((cause) => right.includes(cause.class));
}

function among(outcomes: readonly Outcome[], most: number): number {
  return outcomes.map(rankOf).filter((rank) => rank >= 0 && rank < most).length;
}

function table(what: string, outcomes: readonly Outcome[]): void {
  const { length } = outcomes;
  console.log(
    `${what}: right first ${among(outcomes, 1)}, in three ${among(outcomes, 3)} of ${length}`,
  );
  const missed = outcomes.filter((outcome) => rankOf(outcome) < 0 || rankOf(outcome) > 2);
  if (missed.length > 0)
    console.log(`  not among three: ${missed.map(({ name }) => name).join(" ")}`);
}

describe("the cause of a log", () => {
  it("is right first in 80 % of the public logs whose cause is certain", () => {
    const outcomes = publicLogs()
      .filter(({ isCertain }) => isCertain)
      .flatMap(({ name, log, classes }) => outcomeOf(name, log, classes));
    table("public logs, certain", outcomes);
    expect(among(outcomes, 1)).toBeGreaterThanOrEqual(0.8 * outcomes.length);
    expect(among(outcomes, 3)).toBeGreaterThanOrEqual(0.95 * outcomes.length);
  });

  it.each(KERNELS)("is right first in 95 % of the consoles of %s", (kernel) => {
    const outcomes = knownConsoles(kernel).map(({ name, evidence, right }) => ({
      name,
      causes: rankedCauses(evidence, FITTED),
      right,
    }));
    table(`consoles of ${kernel}`, outcomes);
    expect(among(outcomes, 1)).toBeGreaterThanOrEqual(0.95 * outcomes.length);
    expect(among(outcomes, 3)).toBeGreaterThanOrEqual(0.99 * outcomes.length);
  });

  it("is as often right as its share says", () => {
    const given = KERNELS.flatMap(knownConsoles).flatMap((one) =>
      hypothesesOf(one, rankedCauses(one.evidence, FITTED)),
    );
    for (const { text, from, to, interval } of calibrationRows(given)) {
      console.log(`  ${text}`);
      expect(100 * interval.low).toBeLessThanOrEqual(to);
      expect(100 * interval.high).toBeGreaterThanOrEqual(from);
    }
  });
});

/** What must be the same in whatever manner a log arrives. */
function essenceOf(log: string): unknown {
  const reading = readingOf(inputOf(log));
  const told = reading.reports.map(({ kind, cache, object, damage }) => [
    kind,
    cache,
    object,
    damage,
  ]);
  return [told, causesOf(reading, { draws }).map((cause) => cause.class)];
}

it.each(MANNERS)("a console %s is read as before", (manner, disturb) => {
  const logs = rawConsoles("v6.1").map(({ name, log }) => [name, log.toString("latin1")] as const);
  const changed = logs.filter(
    ([, log]) => !isDeepStrictEqual(essenceOf(disturb(log)), essenceOf(log)),
  );
  console.log(
    `consoles ${manner}: ${logs.length - changed.length} of ${logs.length} read as before`,
  );
  expect(changed.map(([name]) => name)).toEqual([]);
});

describe("a program prints the same report as", () => {
  it.each(KERNELS)(
    "85 % of the consoles of %s",
    async (kernel) => {
      await expectPrograms(
        kernel,
        rawConsoles(kernel).map(({ log }) => log),
      );
    },
    600_000,
  );

  it("85 % of the logs of the recordings of v3.10", async () => {
    await expectPrograms("v3.10", await recordedLogs("v3.10"));
  }, 900_000);
});

async function expectPrograms(kernel: string, logs: readonly Uint8Array[]): Promise<void> {
  const readings = logs.map((log) => readingOf(inputOf(log)));
  const told = readings.filter(({ reports }) => reports.length > 0);
  let identical = 0;
  for (const reading of told) {
    if ((await programFor(reading, 4))?.identical === true) identical += 1;
  }
  const percent = Math.round((100 * identical) / Math.max(1, told.length));
  console.log(
    `programs of ${kernel}: identical ${identical} of ${told.length}, ${percent} %, bar 85 %`,
  );
  expect(identical).toBeGreaterThanOrEqual(0.85 * told.length);
}

/** What the command needs for a file: seconds of a processor, and its largest memory. */
function explainedBy(file: string): { readonly seconds: number; readonly mib: number } {
  const script = join(import.meta.dirname, "..", "..", "bin", "slabfuzz.js");
  const probe = pathToFileURL(join(import.meta.dirname, "..", "helper", "usage_probe.mjs"));
  const { stderr } = spawnSync(
    process.execPath,
    ["--import", probe.href, script, "explain", file],
    { encoding: "utf8", maxBuffer: 1 << 26 },
  );
  const [, micros, kib] = /usage (\d+) (\d+)/.exec(stderr) ?? [];
  return { seconds: Number(micros) / 1e6, mib: Number(kib) / 1024 };
}

describe("the command", () => {
  const folder = mkdtempSync(join(tmpdir(), "explain-"));

  it("reads a journal of 200 MB in 20 seconds and 300 MiB", () => {
    const line = "Oct 31 15:19:38 host systemd[1]: Started Session 42 of User root, all is well.\n";
    const trigger =
      "Oct 31 15:19:39 host kernel: BUG kmalloc-64 (Not tainted): Poison overwritten\n";
    const chunk = line.repeat(13_000) + trigger;
    const file = join(folder, "journal.txt");
    writeFileSync(file, chunk.repeat(200));
    const { seconds, mib } = explainedBy(file);
    console.log(
      `journal of ${chunk.length * 200} bytes: ${seconds.toFixed(1)} s, ${mib.toFixed(0)} MiB`,
    );
    rmSync(folder, { recursive: true });
    expect(seconds).toBeLessThan(20);
    expect(mib).toBeLessThan(300);
  }, 120_000);

  it("explains a usual log in 5 seconds", () => {
    for (const { name } of publicLogs().slice(0, 5)) {
      const { seconds, mib } = explainedBy(publicLogPath(name));
      console.log(`${name}: ${seconds.toFixed(1)} s, ${mib.toFixed(0)} MiB`);
      expect(seconds).toBeLessThan(6);
      expect(mib).toBeLessThan(300);
    }
  }, 120_000);
});
