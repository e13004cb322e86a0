// How much CPU time a worker thread has had. A job's limit counts this, never the time on the wall:
// on a machine with too much to do, or after a laptop slept, a worker that did not get to run is
// not one that hangs.
//
// Linux tells the CPU time of each thread in /proc, and any thread may ask. (Node 24.6 has
// worker.cpuUsage(); Node 20 and 22 have nothing of the kind.) Elsewhere the CPU time of the whole
// process is known: a worker that hangs burns CPU time, so its share of what the process burnt is
// what it may have had. A share can count too little or too much, and never counts while the
// process stood still.
import { readFileSync, readlinkSync } from "node:fs";
import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { nowMs, processCpuMs } from "../base/clock.ts";

/** Fields of /proc/PID/task/TID/stat behind the name, which ends with the last bracket. */
const USER_TIME = 11;
const SYSTEM_TIME = 12;
/** The unit of these fields, on every machine that Node runs on. */
const JIFFY_MS = 10;

/** The number of the thread that asks; 0 where the system does not tell. */
export function ownThread(): number {
  try {
    return Number(readlinkSync("/proc/thread-self").split("/").at(-1));
  } catch {
    return 0;
  }
}

/** CPU time of a thread of this process, undefined where the system does not tell. */
export function cpuMsOfThread(thread: number): number | undefined {
  if (thread === 0) return undefined;
  try {
    const text = readFileSync(`/proc/self/task/${thread}/stat`, "latin1");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[USER_TIME]) + Number(fields[SYSTEM_TIME])) * JIFFY_MS;
  } catch {
    return undefined;
  }
}

/** Tells when this thread has had so much CPU time more; time on the wall, if that is unknown. */
export function ownCpuDeadline(ms: number): () => boolean {
  const thread = ownThread();
  const readMs = () => cpuMsOfThread(thread) ?? nowMs();
  const endMs = readMs() + ms;
  return () => readMs() >= endMs;
}

/** Where a clock reads. */
export interface TimeSources {
  readonly wallMs: () => number;
  readonly processMs: () => number;
  /** Undefined where it is not known. */
  readonly threadMs: () => number | undefined;
  /** Workers that share the CPU time of the process. */
  readonly busyWorkers: () => number;
}

/** What lies between two looks at a worker. */
export interface Elapsed {
  /** CPU time that the worker had, or may have had. */
  readonly cpuMs: number;
  /** Time on the wall, without the delay of the second look, during which no thread ran. */
  readonly wallMs: number;
}

/** The clock of one worker, read again and again. */
export class WorkerClock {
  readonly #sources: TimeSources;
  #wallMs = 0;
  #processMs = 0;
  #threadMs: number | undefined;

  constructor(sources: TimeSources) {
    this.#sources = sources;
    this.#read();
  }

  /** What elapsed since the last call, which was to be `periodMs` ago. */
  elapsed(periodMs: number): Elapsed {
    const before = { wallMs: this.#wallMs, processMs: this.#processMs, threadMs: this.#threadMs };
    this.#read();
    const wallMs = Math.min(this.#wallMs - before.wallMs, periodMs);
    const shareMs = (this.#processMs - before.processMs) / Math.max(1, this.#sources.busyWorkers());
    const ownMs = difference(before.threadMs, this.#threadMs);
    return { cpuMs: ownMs ?? Math.min(shareMs, wallMs), wallMs };
  }

  #read(): void {
    this.#wallMs = this.#sources.wallMs();
    this.#processMs = this.#sources.processMs();
    this.#threadMs = this.#sources.threadMs();
  }
}

function difference(before: number | undefined, now: number | undefined): number | undefined {
  return before === undefined || now === undefined ? undefined : now - before;
}

/** The real clocks. */
export const TIME_SOURCES = { wallMs: nowMs, processMs: processCpuMs } as const;

/** A worker that holds more is replaced between two jobs. */
export const HEAP_BYTES_MAX = 640 << 20;
/** By how much a thread may grow before it gives back unused memory. */
const GROWTH_BYTES = 384 << 20;

let collectGarbage: (() => void) | undefined;
/** What the thread held after it last gave back. */
let keptBytes = 0;

/**
 * Bytes that this thread holds; a core's memory counts as a whole, however little of it was ever
 * touched. The engine is in no hurry to give back a memory that is no longer used, since it sees
 * a small object; so a thread that has grown by some of them asks for it. A collection takes as
 * long as writing up a finding: asking after each would double the time.
 */
export function heldBytes(): number {
  const held = countBytes();
  if (held < keptBytes + GROWTH_BYTES) return held;
  collectGarbage ??= garbageCollector();
  collectGarbage();
  keptBytes = countBytes();
  return keptBytes;
}

function countBytes(): number {
  const { total_heap_size, external_memory, malloced_memory } = getHeapStatistics();
  return total_heap_size + external_memory + malloced_memory;
}

/** The engine has it in store for contexts that are made while the flag is up. */
function garbageCollector(): () => void {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  setFlagsFromString("--no-expose-gc");
  return gc;
}
