// A job without processor time does not count as hung, in a stopped process or on a busy machine.
// The jobs here beat only once, when they begin.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";

const LIMIT_MS = 900;
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

function start(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  children.push(child);
  return child;
}

/** A process that is ready for a job of a third of the limit, or of two thirds with a stop. */
class PlantedRun {
  readonly child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(clock: string) {
    const run = new URL("../pool/planted_run.js", import.meta.url).pathname;
    const numbers = [LIMIT_MS, LIMIT_MS / 3].map(String);
    this.child = start(run, ...numbers, clock);
    this.#lines = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]();
  }

  static async ready(clock: string): Promise<PlantedRun> {
    const run = new PlantedRun(clock);
    await run.says("ready");
    return run;
  }

  begin(job: "burn" | "stopAndBurn"): void {
    this.child.stdin!.write(`${job}\n`);
  }

  async line(): Promise<string> {
    return (await this.#lines.next()).value;
  }

  async says(line: string): Promise<void> {
    expect(await this.line()).toBe(line);
  }

  async outcome(): Promise<unknown> {
    return JSON.parse(await this.line());
  }
}

/** A process that never rests, and prints a line when it has begun. */
async function startBusy(): Promise<void> {
  const code = "console.log('busy'); for (const end = Date.now() + 90000; Date.now() < end; );";
  await once(start("-e", code).stdout!, "data");
}

/** The outcome of a job whose process is stopped for longer than the limit. */
async function outcomeOfStopped(clock: string): Promise<unknown> {
  const run = await PlantedRun.ready(clock);
  run.begin("stopAndBurn");
  const line = await run.line();
  // By the wall clock a busy machine may take the job's time before it can stop.
  if (line !== "stopping") return JSON.parse(line);
  await wait(3 * LIMIT_MS);
  run.child.kill("SIGCONT");
  return run.outcome();
}

it("a job that is watched by the wall clock is lost while its process is stopped", async () => {
  expect(await outcomeOfStopped("wall")).toMatchObject({ kind: "lost", how: "hung" });
});

describe.each(["own", "share"])("a job that is watched by the %s CPU time", (clock) => {
  it("survives when its process is stopped for longer than its limit", async () => {
    expect(await outcomeOfStopped(clock)).toEqual({ kind: "done", answer: "burnt" });
  });

  it("survives beside processes that never rest, and leave it a third of its limit", async () => {
    const run = await PlantedRun.ready(clock);
    await Promise.all(Array.from({ length: 3 * availableParallelism() }, startBusy));
    run.begin("burn");
    expect(await run.outcome()).toEqual({ kind: "done", answer: "burnt" });
  });
});
