// Recordings of real kernels replay identically, under the rules of slub/words/compare_rules.ts.
// How many each family has is spelled out: a recording that silently went missing would be a
// failure.
import { afterAll, describe, expect, test } from "vitest";
import {
  bootOf,
  familyOf,
  KERNELS,
  type KernelName,
  loadArchive,
  type Recording,
} from "./archive.ts";
import { replayRecording } from "./replayer.ts";

/** Recordings that are in the archive, by kernel: scenarios, traces, extra, sheaves. */
const ARCHIVED = {
  "v3.10": { scenarios: 659, traces: 67, extra: 0, sheaves: 0 },
  "v6.1": { scenarios: 542, traces: 71, extra: 39, sheaves: 0 },
  "v6.12": { scenarios: 544, traces: 71, extra: 39, sheaves: 0 },
  "v7.3": { scenarios: 544, traces: 71, extra: 39, sheaves: 77 },
} as const;

/** Families that must be identical, and how many recordings of variant `up` each has. */
const FAMILIES_61 = {
  over1: 16,
  over8: 16,
  under8: 10,
  uaf_first: 22,
  dfree: 22,
  free_othercache: 5,
  seed: 21,
} as const;

/** The seed, under every option set. */
const SEED_310 = /^seed310\.[^.]+\.(A320|A312H)/;
const SEED_310_COUNT = 39;

const replayed: string[] = [];
afterAll(() => console.log(replayed.join("\n")));

describe.each(KERNELS)("the archive of %s", (kernel) => {
  const archive = loadArchive(kernel);

  test("holds as many recordings as were packed", () => {
    const count = (set: string): number =>
      archive.recordings.filter((recording) => recording.set === set).length;
    expect(archive.kernel).toBe(kernel);
    expect({
      scenarios: count("scenarios"),
      traces: count("traces"),
      extra: count("extra"),
      sheaves: count("sheaves"),
    }).toEqual(ARCHIVED[kernel]);
  });

  test("holds every scenario that its index lists, and no other", () => {
    const listed = indexRows(kernel).map(({ name }) => name);
    const held = archive.recordings.filter(({ set }) => set === "scenarios");
    expect(held.map(({ name }) => name).sort()).toEqual([...listed].sort());
  });
});

describe("the archive of v6.1 as it boots by default", () => {
  for (const [family, count] of Object.entries(FAMILIES_61)) {
    test(`has ${count} recordings of ${family}, and all replay identically`, () => {
      const listed = indexRows("v6.1").filter(
        ({ name, boot }) => name.split(".")[0] === family && boot.split(" ")[0] === "up",
      );
      const chosen = recordingsOf("v6.1").filter(
        (recording) => familyOf(recording) === family && bootOf(recording).split(" ")[0] === "up",
      );
      expect(listed.length).toBe(count);
      expectIdentical("v6.1", family, chosen, count);
    });
  }
});

describe("the archive of v3.10", () => {
  test(`has ${SEED_310_COUNT} recordings of the seed, and all replay identically`, () => {
    const listed = indexRows("v3.10").filter(({ name }) => SEED_310.test(name));
    const chosen = recordingsOf("v3.10").filter(({ name }) => SEED_310.test(name));
    expect(listed.length).toBe(SEED_310_COUNT);
    expectIdentical("v3.10", "seed310", chosen, SEED_310_COUNT);
  });
});

function recordingsOf(kernel: KernelName): readonly Recording[] {
  return loadArchive(kernel).recordings.filter(({ set }) => set === "scenarios");
}

/** Names and boot lines of the index that was recorded with the scenarios. */
function indexRows(kernel: KernelName): { name: string; boot: string }[] {
  const [, ...rows] = loadArchive(kernel).index.trimEnd().split("\n");
  return rows.map((row) => {
    const [name, boot] = row.split("\t");
    return { name, boot };
  });
}

function expectIdentical(
  kernel: KernelName,
  family: string,
  recordings: readonly Recording[],
  count: number,
): void {
  const differing = recordings.flatMap((recording) => {
    const { difference } = replayRecording(recording, kernel).comparison;
    return difference === undefined ? [] : [{ name: recording.name, ...difference }];
  });
  replayed.push(
    `${kernel} ${family}: ${recordings.length - differing.length} of ${count} identical`,
  );
  expect(differing).toEqual([]);
  expect(recordings.length).toBe(count);
}
