// The golden programs as a check: what the core answers to each set of programs is known. A core
// that answers anything else has changed, whether or not a rule of the allocator broke; the
// author of a deliberate change takes the digests anew.
import { hex64 } from "../../base/hex.ts";
import { readJson, requireAllEntries } from "../../base/json_file.ts";
import { packagePath } from "../../base/package_file.ts";
import { jsonObject, jsonTable, jsonTextLike, jsonVersion } from "../../base/schema.ts";
import { UserError } from "../../base/user_error.ts";
import { readTextFile } from "../../base/whole_file.ts";
import type { SlabHeap } from "../../slub/core/heap.ts";
import { heapFor, type NamedCore, onCore, parseCore } from "../../slub/named_core.ts";
import type { Program } from "../../slub/program/op.ts";
import { SMALLER_OPERATIONS } from "../../slub/shrink/strategy.ts";
import { type InterestingnessTest, shrinkToFixedPoint } from "../../target/shrink.ts";
import { isTrap } from "../../wasm/trap.ts";
import type { Player } from "../golden/player.ts";
import {
  goldenScriptNames,
  goldenScripts,
  nameOfPart,
  PartPlayer,
  ScriptPlayer,
  SetPlayer,
  StressPlayer,
} from "../golden/player.ts";
import { parseQuickSample, type QuickSample } from "../golden/quick_sample.ts";
import { GOLDEN_SETS, STRESS_SETS } from "../golden/sets.ts";
import type { Check } from "./check.ts";
import { fastChecks } from "./plan.ts";
import { bareReproducer, type Reproducer } from "./reproducer.ts";

/** Plays the programs of a check. */
export function playerOfCheck({ name, options, cases }: Check): SetPlayer {
  const { machine, seed, invariants } = options;
  return new SetPlayer({ name, machine, shape: options, seed, cases }, invariants);
}

/** Programs that are there for their answers alone. */
export function goldenPlayers(): readonly Player[] {
  const sets = GOLDEN_SETS.map((set) => new SetPlayer(set));
  const stress = STRESS_SETS.map((set) => new StressPlayer(set));
  return [...sets, ...stress, ...goldenScripts()];
}

/** Sixteen digits by the name of a set of programs. */
export type GoldenDigests = ReadonlyMap<string, string>;

/** What stands for the digest of a set that the target does not survive. */
const TRAPPED = "trapped";

/** All sets: the programs of the fast checks, the golden ones, and the quick sample of those. */
export function goldenSets(): readonly Player[] {
  const golden = goldenPlayers();
  const sample = quickSample();
  const parts = golden.flatMap((player) => {
    const numbers = sample[player.name];
    return numbers === undefined ? [] : [new PartPlayer(player, numbers)];
  });
  return [...fastChecks().map(playerOfCheck), ...golden, ...parts];
}

function quickSample(): QuickSample {
  const path = packagePath("golden/quick.json");
  return parseQuickSample(readTextFile(path), path);
}

/** Refuses digests of which some were lost, or that are of other programs. */
export function requireAllGolden(digests: GoldenDigests, file: string, target: string): void {
  const sets = [...fastChecks(), ...GOLDEN_SETS, ...STRESS_SETS].map(({ name }) => name);
  const parts = Object.keys(quickSample()).map(nameOfPart);
  const names = [...sets, ...goldenScriptNames(), ...parts];
  requireAllEntries({ found: digests, names, file, remedy: `slabfuzz golden ${target} --update` });
}

/** Digests of what a target answers, set by set. */
export function goldenDigests(target: NamedCore): GoldenDigests {
  const asker = new GoldenAsker(target);
  return new Map(goldenSets().map((player) => [player.name, asker.ask(player)]));
}

/** Asks a target one set after another. */
export class GoldenAsker {
  readonly #target: NamedCore;
  #heap: SlabHeap | undefined;

  constructor(target: NamedCore) {
    this.#target = target;
  }

  /** Sixteen digits over all answers to a set; `onCase` is called before each program. */
  ask(player: Player, onCase?: (index: number) => void): string {
    try {
      this.#heap ??= heapFor(this.#target);
      return digestOf(player, this.#heap, onCase);
    } catch (error) {
      if (!isTrap(error) && !(error instanceof UserError)) throw error;
      this.#heap = undefined;
      return TRAPPED;
    }
  }
}

function digestOf(player: Player, heap: SlabHeap, onCase?: (index: number) => void): string {
  let sum = 0n;
  player.boot(heap);
  for (let i = 0; i < player.count; i++) {
    onCase?.(i);
    sum += player.answer(i) * BigInt(2 * i + 1);
  }
  return hex64(BigInt.asUintN(64, sum));
}

/** Names of the sets that are answered otherwise, in the order of the stored ones. */
export function goldenDifferences(stored: GoldenDigests, now: GoldenDigests): readonly string[] {
  return [...stored].filter(([name, digest]) => now.get(name) !== digest).map(([name]) => name);
}

const VERSION = 1;
const FILE = jsonObject({
  version: jsonVersion(VERSION),
  digests: jsonTable(jsonTextLike(/^[0-9a-f]{16}$/, "16 hex digits")),
});

/** The file's text: a line for each set. */
export function goldenText(digests: GoldenDigests): string {
  const lines = [...digests].map(([name, digest]) => `    ${JSON.stringify(name)}: "${digest}"`);
  return `{\n  "version": ${VERSION},\n  "digests": {\n${lines.join(",\n")}\n  }\n}\n`;
}

/** Reads the file's text; `name` is the file, for the error message. */
export function parseGolden(text: string, name: string): GoldenDigests {
  const { digests } = readJson({ text, name, kind: "table of golden digests" }, FILE);
  const entries = Object.entries(digests);
  if (entries.length === 0) throw new UserError(`${name}: digests: there are none`);
  return new Map(entries);
}

/** The digests that the package brings along. */
export function ownGoldenPath(): string {
  return packagePath("golden/golden.json");
}

/** Candidates that are tried at most: a second or two. */
const TRIED_MAX = 3000;

/** An example from a set; the first of its programs, whole, where our core answers all alike. */
export function goldenExample(target: NamedCore, player: Player): Reproducer {
  const test = new DifferenceTest(target);
  const numbers = Array.from({ length: player.count }, (_, i) => i);
  const first = numbers.find((index) => test.differOn(player, index));
  const { header, ops } = player.program(first ?? 0);
  const whole = { header, ops };
  const program = first === undefined ? whole : smallestOf(whole, test);
  const reproducer = bareReproducer(onCore(program, target), undefined);
  return { ...reproducer, operationsBefore: ops.length };
}

function smallestOf(start: Program, test: DifferenceTest): Program {
  // Digests of generated programs and of scripts are over different things.
  if (!test.isInteresting(start)) return start;
  const effortMax = test.effort + TRIED_MAX;
  return shrinkToFixedPoint({ start, strategy: SMALLER_OPERATIONS, test, effortMax }).best;
}

/** A candidate is interesting if a target and our own core answer it differently. */
class DifferenceTest implements InterestingnessTest<Program> {
  readonly #target: NamedCore;
  readonly #own = parseCore("slub");
  #theirs: SlabHeap | undefined;
  #ours: SlabHeap | undefined;
  /** Programs that were asked about. */
  effort = 0;

  constructor(target: NamedCore) {
    this.#target = target;
  }

  isInteresting(program: Program): boolean {
    this.effort++;
    return this.differOn(new ScriptPlayer("candidate", program), 0);
  }

  differOn(player: Player, index: number): boolean {
    this.#ours ??= heapFor(this.#own);
    const right = answerOf(player, index, this.#ours);
    if (right === undefined) return false; // no program at all
    try {
      this.#theirs ??= heapFor(this.#target);
      return answerOf(player, index, this.#theirs) !== right;
    } catch (error) {
      if (!isTrap(error)) throw error;
      this.#theirs = undefined;
      return true;
    }
  }
}

/** Undefined for a program that no machine runs: a candidate may be anything. */
function answerOf(player: Player, index: number, heap: SlabHeap): bigint | undefined {
  try {
    player.boot(heap);
    return player.answer(index);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
