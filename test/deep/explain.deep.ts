// How well logs are explained: the public ones, and consoles of real kernels that ran scripts whose
// mistakes are known. Every figure of docs/explain.md is printed here.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { alikeUnder } from "../../src/explain/cause/alike.ts";
import type { CauseName } from "../../src/explain/cause/prior.ts";
import { causesOf, type RankedCause } from "../../src/explain/cause/rank.ts";
import { programFor } from "../../src/explain/program/search.ts";
import { readingOf } from "../../src/explain/reading.ts";
import type { LogReading } from "../../src/explain/report.ts";
import { classesOf } from "../explain/families.ts";
import { inputOf } from "../helper/explained.ts";
import { publicLogPath, publicLogs, rawConsoles, recordedLogs } from "../helper/shared_logs.ts";

/** A log, its causes, and those of them that are right. */
interface Outcome {
  readonly name: string;
  readonly reading: LogReading;
  readonly causes: readonly RankedCause[];
  readonly right: readonly string[];
}

function outcomeOf(
  name: string,
  log: Uint8Array,
  rightOf: (reading: LogReading) => readonly string[],
): Outcome[] {
  const reading = readingOf(inputOf(log));
  if (reading.reports.length === 0) return [];
  return [{ name, reading, causes: causesOf(reading), right: rightOf(reading) }];
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

/** Consoles of a kernel whose family has a mistake. */
function consoleOutcomes(kernel: string): Outcome[] {
  return rawConsoles(kernel)
    .flatMap(({ name, family, log }) =>
      outcomeOf(name, log, ({ reports }) => classesOf(family, reports[0].check) ?? []),
    )
    .filter(({ right }) => right.length > 0);
}

const KERNELS = ["v6.1", "v6.12"];

describe("the cause of a log", () => {
  it("is right first in 80 % of the public logs whose cause is certain", () => {
    const outcomes = publicLogs()
      .filter(({ isCertain }) => isCertain)
      .flatMap(({ name, log, classes }) => outcomeOf(name, log, () => classes));
    table("public logs, certain", outcomes);
    expect(among(outcomes, 1)).toBeGreaterThanOrEqual(0.8 * outcomes.length);
    expect(among(outcomes, 3)).toBeGreaterThanOrEqual(0.95 * outcomes.length);
  });

  it.each(KERNELS)("is right first in 95 % of the consoles of %s", (kernel) => {
    const outcomes = consoleOutcomes(kernel);
    table(`consoles of ${kernel}`, outcomes);
    expect(among(outcomes, 1)).toBeGreaterThanOrEqual(0.95 * outcomes.length);
    expect(among(outcomes, 3)).toBeGreaterThanOrEqual(0.99 * outcomes.length);
  });

  it("is as often right as its share says", () => {
    const hypotheses = KERNELS.flatMap(consoleOutcomes).flatMap(hypothesesOf);
    for (let from = 0; from < 100; from += 20) {
      const given = hypotheses.filter(({ share }) => Math.floor((share * 100) / 20) * 20 === from);
      const right = given.filter(({ isRight }) => isRight).length;
      const percent = Math.round((100 * right) / Math.max(1, given.length));
      console.log(`  given ${from} to ${from + 20} %: ${percent} % right of ${given.length}`);
    }
    const unlikely = hypotheses.filter(({ share }) => share < 0.2);
    expect(unlikely.filter(({ isRight }) => isRight).length).toBeLessThan(
      0.2 * unlikely.length + 1,
    );
  });
});

interface Hypothesis {
  readonly share: number;
  readonly isRight: boolean;
}

/** Classes that no byte tells apart are one hypothesis, with their shares together. */
function hypothesesOf({ reading, causes, right }: Outcome): Hypothesis[] {
  const seen = new Set<CauseName>();
  return causes.flatMap((cause) => {
    if (seen.has(cause.class)) return [];
    const alike = alikeUnder(reading.reports[0].check, cause.class);
    for (const name of alike) seen.add(name);
    const own = causes.filter((one) => alike.includes(one.class));
    const share = own.reduce((sum, one) => sum + one.share, 0);
    return [
      { share: Math.min(share, 0.9999), isRight: alike.some((name) => right.includes(name)) },
    ];
  });
}

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
