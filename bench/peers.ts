// `npm run bench -- peers`: judged operations beside those of libFuzzer with ASan, which drives a
// slab in C with the same checks (peers/slab.c). Both are given the operations of the target
// workload, as often as its programs have them, and programs as long; each runs in a process of its
// own, by turns, and is measured in processor time. libFuzzer mutates what it is given, so that its
// inputs do not stay as they were; it judges nothing but the checks of the slab, and ASan's.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Op } from "../src/abi.ts";
import { Prng } from "../src/base/prng.ts";
import { type BugName, INJECTED_BUGS } from "../src/target/bug_names.ts";
import { kindsOfOperations, operationsOfCase } from "./cases.ts";
import { requestText, runCode } from "./workers.ts";

const ROUNDS = 3;
const SOURCE = fileURLToPath(new URL("peers/slab.c", import.meta.url));

export interface PeerRow {
  readonly name: string;
  /** Millions of operations in a second of processor time, the best of some rounds. */
  readonly millions: number;
  /** Beside those of libFuzzer. */
  readonly ratio: number;
}

/** Plays both for so many milliseconds a round; undefined where clang cannot build the peer. */
export function measurePeers(timeMs: number): readonly PeerRow[] | undefined {
  const folder = mkdtempSync(join(tmpdir(), "slabfuzz-peers-"));
  try {
    const peer = buildPeer(folder);
    if (peer === undefined) return undefined;
    return rowsOf(Array.from({ length: ROUNDS }, () => playRound(peer, timeMs)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function formatPeers(rows: readonly PeerRow[]): string {
  const lines = rows.map(({ name, millions, ratio }) => {
    const cells = [millions, ratio].map((value) => value.toFixed(2).padStart(8));
    return `  ${name.padEnd(34)} ${cells.join("")}`;
  });
  const head = `${"million/CPU-s".padStart(45)}${"ratio".padStart(8)}`;
  return ["judged operations of the target workload", head, ...lines].join("\n");
}

interface Peer {
  readonly file: string;
  readonly corpus: string;
}

interface Round {
  readonly peer: number;
  readonly clean: number;
  readonly buggy: number;
}

function playRound(peer: Peer, timeMs: number): Round {
  return {
    peer: playPeer(peer, timeMs),
    clean: judgedPerSecond(["none"]),
    buggy: judgedPerSecond(INJECTED_BUGS),
  };
}

function rowsOf(rounds: readonly Round[]): readonly PeerRow[] {
  const best = (of: (round: Round) => number): number => Math.max(...rounds.map(of)) / 1e6;
  const peer = best((round) => round.peer);
  const rowOf = (name: string, millions: number): PeerRow => {
    return { name, millions, ratio: millions / peer };
  };
  return [
    rowOf("libFuzzer + ASan, slab in C", peer),
    rowOf(
      "slabfuzz, no bugs",
      best((round) => round.clean),
    ),
    rowOf(
      "slabfuzz, all bugs",
      best((round) => round.buggy),
    ),
  ];
}

/** The slab with its mix of operations, and inputs as long as programs of the workload. */
function buildPeer(folder: string): Peer | undefined {
  const file = join(folder, "slab");
  const args = ["-O2", "-fsanitize=fuzzer,address", ...mixFlags(), SOURCE, "-o", file];
  const built = spawnSync("clang", args, { encoding: "utf8" });
  if (built.error !== undefined) return undefined;
  if (built.status !== 0) throw new Error(built.stderr);
  const corpus = join(folder, "corpus");
  mkdirSync(corpus);
  const prng = new Prng({ high: 0, low: 1 });
  for (let i = 0; i < 8; i++) {
    const bytes = Uint8Array.from({ length: inputBytes() }, () => prng.below(256));
    writeFileSync(join(corpus, String(i)), bytes);
  }
  return { file, corpus };
}

const OPERATION_BYTES = 4;

function inputBytes(): number {
  return OPERATION_BYTES * Math.round(operationsOfCase());
}

const MIX = {
  MIX_ALLOC: [Op.ALLOC, Op.ALLOC_N, Op.BULK_ALLOC],
  MIX_FREE: [Op.FREE, Op.FREE_N, Op.BULK_FREE],
  MIX_FILL: [Op.FILL],
  MIX_WRITE: [Op.WRITE],
  MIX_READ: [Op.READ],
  MIX_VALIDATE: [Op.VALIDATE],
  MIX_SHRINK: [Op.SHRINK],
} as const satisfies Readonly<Record<string, readonly Op[]>>;

/** A byte below each of these stands for a kind of operation, or for one before it. */
function mixFlags(): readonly string[] {
  const kinds = kindsOfOperations();
  const counts = Object.values(MIX).map((ops) => ops.reduce((sum, op) => sum + kinds[op], 0));
  const total = counts.reduce((sum, count) => sum + count, 0);
  let below = 0;
  return Object.keys(MIX).map((name, i) => {
    below += counts[i];
    return `-D${name}=${Math.round((256 * below) / total)}`;
  });
}

/** Operations in a second of processor time, as the peer counts them when it ends. */
function playPeer({ file, corpus }: Peer, timeMs: number): number {
  const longest = `-max_len=${inputBytes()}`;
  const time = `-max_total_time=${Math.max(1, Math.round(timeMs / 1000))}`;
  const ran = spawnSync(file, [longest, "-len_control=0", "-seed=1", time, corpus], {
    encoding: "utf8",
  });
  const [, operations, seconds] = /operations (\d+) seconds ([\d.]+)/.exec(ran.stderr) ?? [];
  if (ran.status !== 0 || operations === undefined) throw new Error(ran.stderr.slice(-2000));
  return Number(operations) / Number(seconds);
}

const CASES = 60_000;

/**
 * Operations in a second of processor time, from the middle of a campaign on, when it is warm,
 * until its last case: the progress of what is written up afterwards does not count.
 */
function judgedPerSecond(bugs: readonly BugName[]): number {
  const printed = runCode(`
    const request = { ...${requestText(bugs)}, seed: 1n, cases: ${CASES}, jobs: 1 };
    const points = [];
    const onProgress = ({ tally }) => {
      const { user, system } = process.cpuUsage();
      points.push({ cases: tally.cases, operations: tally.operations, us: user + system });
    };
    await fuzz({ ...request, onProgress });
    const [first, last] = [${CASES / 2}, ${CASES}].map((count) =>
      points.find(({ cases }) => cases >= count));
    console.log((1e6 * (last.operations - first.operations)) / (last.us - first.us));`);
  return printed[0];
}
