// Every recording in the archive replays identically, line by line. No recording is left out.
import { afterAll, expect, test } from "vitest";
import { KERNELS, type KernelName, loadArchive } from "./archive.ts";
import { replayRecording } from "./replayer.ts";

const COUNTS: Readonly<Record<KernelName, number>> = { "v3.10": 726, "v6.1": 652, "v6.12": 654 };

const counted: string[] = [];
afterAll(() => console.log(counted.join("\n")));

test.each(KERNELS)(
  "all recordings of %s replay identically",
  (kernel) => {
    const { recordings } = loadArchive(kernel);
    const differing = recordings
      .filter((recording) => !replayRecording(recording, kernel).comparison.equal)
      .map(({ name }) => name);
    counted.push(
      `${kernel}: ${recordings.length - differing.length} of ${recordings.length} identical`,
    );
    expect(differing).toEqual([]);
    expect(recordings.length).toBe(COUNTS[kernel]);
  },
  180_000,
);
