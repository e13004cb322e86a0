// Every recording in the archive replays identically, but for the few that are named here with what
// keeps them apart. One that begins to replay must leave the list, and one that stops is a failure.
import { afterAll, expect, test } from "vitest";
import { KERNELS, type KernelName, loadArchive } from "./archive.ts";
import { replayRecording } from "./replayer.ts";

/** Recordings that differ, and why. */
const KNOWN_DIFFERENCES: Readonly<Record<KernelName, Readonly<Record<string, string>>>> = {
  "v3.10": {
    "forgefp_glob.FZP.g310": "prints how far the slab lay from the kernel image",
    "forgefp_glob.P": "the same",
    "multi_free.FZPU.g310": "a dump shows a return address of the process that made the recording",
    "multi_free.FZPU.val.g310": "the same",
  },
  "v6.1": {},
  "v6.12": {},
};

const COUNTS: Readonly<Record<KernelName, number>> = { "v3.10": 726, "v6.1": 652, "v6.12": 654 };

const counted: string[] = [];
afterAll(() => console.log(counted.join("\n")));

test.each(KERNELS)(
  "all recordings of %s replay identically but for those named",
  (kernel) => {
    const { recordings } = loadArchive(kernel);
    const differing = recordings
      .filter((recording) => !replayRecording(recording, kernel).comparison.equal)
      .map(({ name }) => name);
    counted.push(
      `${kernel}: ${recordings.length - differing.length} of ${recordings.length} identical`,
    );
    expect(differing.sort()).toEqual(Object.keys(KNOWN_DIFFERENCES[kernel]).sort());
    expect(recordings.length).toBe(COUNTS[kernel]);
  },
  180_000,
);
