// A corpus made smaller: as few programs as a greedy choice needs to come by the same edges, as
// often. Programs of several corpora become one; in which order they are named does not matter.
import { highWord, lowWord } from "../base/bytes.ts";
import { Pool } from "../pool/pool.ts";
import type { GuidedOps, GuidedTarget } from "../target/guided.ts";
import { guidedTargetOf, targetOfToken } from "../targets/targets.ts";
import { CorpusFolder, campaignOfCorpus } from "./corpus_folder.ts";
import { featuresOf } from "./edge_record.ts";
import type { GuidedInput, GuidedJobs } from "./guided_jobs.ts";
import { GUIDED_ROUND } from "./guided_search.ts";

export interface MinimiseRequest {
  /** The corpus that is made smaller. */
  readonly folder: string;
  /** Corpora of the same target whose programs are taken into account; they stay as they are. */
  readonly more?: readonly string[];
  readonly signal?: AbortSignal;
}

export interface Minimised {
  /** Programs of all corpora, and those that the folder has now. */
  readonly before: number;
  readonly after: number;
  /** Edges, each as often, that they come by. */
  readonly features: number;
}

/** CPU time that one program may take. */
const TIMEOUT_MS = 10_000;

/** Throws a UserError for what is no corpus, and for corpora of different targets or builds. */
export async function minimiseCorpus(request: MinimiseRequest): Promise<Minimised> {
  const { folder, more = [], signal } = request;
  const guided = await guidedTargetOf(await targetOfToken(campaignOfCorpus(folder)));
  const own = new CorpusFolder(folder, guided);
  const others = more.map((path) => {
    campaignOfCorpus(path); // a folder that is not there is no empty corpus
    return new CorpusFolder(path, guided);
  });
  const programs = distinct(
    guided,
    [own, ...others].flatMap((corpus) => corpus.read()),
  );
  const features = await featuresOfAll(guided, programs, signal);
  const kept = chosen(programs, features);
  if (signal?.aborted !== true) {
    own.write(kept);
    own.keepOnly(kept);
  }
  const all = new Set(features.flat());
  return { before: programs.length, after: kept.length, features: all.size };
}

/** The programs in the order of their scripts, each once. */
function distinct({ programs }: GuidedTarget, all: readonly GuidedOps[]): readonly GuidedOps[] {
  const byScript = new Map(all.map((ops) => [programs.script(ops, []), ops] as const));
  return [...byScript].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, ops]) => ops);
}

/** A program whose worker is lost comes by nothing. */
async function featuresOfAll(
  { target, code, words, compares }: GuidedTarget,
  programs: readonly GuidedOps[],
  signal: AbortSignal | undefined,
): Promise<readonly (readonly number[])[]> {
  const { seed } = target.options;
  const input: GuidedInput = {
    code,
    compares,
    seed: { high: highWord(seed), low: lowWord(seed) },
  };
  const file = { beside: import.meta.url, name: "guided_worker", input };
  const pool = new Pool<GuidedJobs>({ file, size: 1, limitMs: TIMEOUT_MS });
  pool.closeAt(signal);
  const features: (readonly number[])[] = [];
  try {
    for (let first = 0; first < programs.length; first += GUIDED_ROUND) {
      const piece = programs.slice(first, first + GUIDED_ROUND);
      const readings = await readingsOf(pool, piece, words);
      for (const reading of readings) features.push(featuresOf(reading));
    }
  } finally {
    await pool.close();
  }
  return features;
}

async function readingsOf(
  pool: Pool<GuidedJobs>,
  piece: readonly GuidedOps[],
  words: number,
): Promise<readonly Uint32Array[]> {
  const cases = piece.map((ops, number) => ({ number, source: { kind: "given", ops } as const }));
  const outcome = await pool.tryOnce("play", cases);
  if (outcome.kind === "done") {
    return piece.map((_, i) => outcome.answer.words.subarray(i * words, (i + 1) * words));
  }
  const readings: Uint32Array[] = [];
  for (const one of cases) {
    const alone = await pool.run("play", [one]);
    readings.push(alone.kind === "done" ? alone.answer.words : new Uint32Array(words));
  }
  return readings;
}

/** Again and again the program with most features that no chosen one has; then the shorter one. */
export function chosen<T extends { readonly length: number }>(
  programs: readonly T[],
  features: readonly (readonly number[])[],
): readonly T[] {
  const having = new Map<number, number[]>();
  for (const [program, list] of features.entries()) {
    for (const feature of list) {
      const known = having.get(feature);
      if (known === undefined) having.set(feature, [program]);
      else known.push(program);
    }
  }
  const gains = features.map(({ length }) => length);
  const kept: T[] = [];
  for (;;) {
    const best = bestOf(programs, gains);
    if (best === undefined) return kept;
    kept.push(programs[best]);
    for (const feature of features[best]) {
      for (const program of having.get(feature) ?? []) gains[program]--;
      having.delete(feature);
    }
  }
}

/** The program that adds most; undefined where none adds anything. */
function bestOf(
  programs: readonly { readonly length: number }[],
  gains: readonly number[],
): number | undefined {
  let best: number | undefined;
  for (const [program, gain] of gains.entries()) {
    const most = best === undefined ? 0 : gains[best];
    const isShorter = best !== undefined && programs[program].length < programs[best].length;
    if (gain > most || (gain === most && gain > 0 && isShorter)) best = program;
  }
  return best;
}
