// How well logs are explained: the public ones, and consoles of real kernels that ran scripts whose
// mistakes are known.
import { describe, expect, it } from "vitest";
import { causesOf } from "../../src/explain/cause/rank.ts";
import { programFor } from "../../src/explain/program/search.ts";
import { readingOf } from "../../src/explain/reading.ts";
import { classesOf } from "../explain/families.ts";
import { explained, inputOf } from "../helper/explained.ts";
import { publicLogs, rawConsoles } from "../helper/shared_logs.ts";

interface Outcome {
  readonly name: string;
  /** Of the first right class, from 0; -1 if none is there. */
  readonly rank: number;
  /** What the most likely cause was given. */
  readonly share: number;
}

const among = (outcomes: readonly Outcome[], most: number): number =>
  outcomes.filter(({ rank }) => rank >= 0 && rank < most).length;

function table(what: string, outcomes: readonly Outcome[]): void {
  const { length } = outcomes;
  console.log(
    `${what}: right first ${among(outcomes, 1)}, in three ${among(outcomes, 3)} of ${length}`,
  );
  const missed = outcomes.filter(({ rank }) => rank < 0 || rank > 2).map(({ name }) => name);
  if (missed.length > 0) console.log(`  not among three: ${missed.join(" ")}`);
}

function outcomeOf(name: string, log: Uint8Array, classes: readonly string[]): Outcome | undefined {
  const reading = readingOf(inputOf(log));
  if (reading.reports.length === 0) return undefined;
  const causes = causesOf(reading);
  const rank = causes.findIndex((cause) => classes.includes(cause.class));
  return { name, rank, share: causes[0].share };
}

describe("the cause of a log", () => {
  it("is right first in 80 % of the public logs whose cause is certain", () => {
    const outcomes = publicLogs()
      .filter(({ isCertain }) => isCertain)
      .flatMap(({ name, log, classes }) => outcomeOf(name, log, classes) ?? []);
    table("public logs, certain", outcomes);
    expect(among(outcomes, 1)).toBeGreaterThanOrEqual(0.8 * outcomes.length);
    expect(among(outcomes, 3)).toBeGreaterThanOrEqual(0.95 * outcomes.length);
  });

  it.each(["v6.1", "v6.12"])("is right first in nearly all consoles of %s", (kernel) => {
    const outcomes = rawConsoles(kernel).flatMap(
      ({ name, family, log }) => outcomeOf(name, log, classesOf(family) ?? []) ?? [],
    );
    table(`consoles of ${kernel}`, outcomes);
    calibration(outcomes);
    expect(among(outcomes, 1)).toBeGreaterThanOrEqual(0.9 * outcomes.length);
    expect(among(outcomes, 3)).toBeGreaterThanOrEqual(0.95 * outcomes.length);
  });
});

/** Of causes that were given so many percent, how many were right. */
function calibration(outcomes: readonly Outcome[]): void {
  for (let from = 0; from < 100; from += 20) {
    const given = outcomes.filter(({ share }) => Math.floor((share * 100) / 20) * 20 === from);
    if (given.length === 0) continue;
    const right = Math.round((100 * among(given, 1)) / given.length);
    console.log(`  given ${from} to ${from + 20} %: ${right} % right of ${given.length}`);
  }
}

it.each(["v6.1", "v6.12"])(
  "a program prints the report of most consoles of %s",
  async (kernel) => {
    const readings = rawConsoles(kernel)
      .map(({ log }) => readingOf(inputOf(log)))
      .filter(({ reports }) => reports.length > 0);
    let identical = 0;
    for (const reading of readings) {
      if ((await programFor(reading, 4))?.identical === true) identical += 1;
    }
    console.log(`programs of ${kernel}: identical ${identical} of ${readings.length}, bar 85 %`);
    expect(identical).toBeGreaterThanOrEqual(0.7 * readings.length);
  },
  300_000,
);

it("a journal of 200 MB is read in 20 seconds", () => {
  const line = "Oct 31 15:19:38 host systemd[1]: Started Session 42 of User root, all is well.\n";
  const chunk = Buffer.from(line.repeat(13_000));
  const journal = Buffer.concat(Array.from({ length: 200 }, () => chunk));
  const start = process.cpuUsage();
  expect(() => explained(journal)).toThrow("none is of SLUB");
  const { user, system } = process.cpuUsage(start);
  console.log(`journal of ${journal.length} bytes: ${(user + system) / 1e6} s`);
  expect(user + system).toBeLessThan(20e6);
});
