// The words of a profile.
import { Profile } from "../../../abi.ts";
import type { Words } from "./types.ts";
import { V61 } from "./v61.ts";
import { V73 } from "./v73.ts";
import { V310 } from "./v310.ts";
import { V612 } from "./v612.ts";

export type { Words } from "./types.ts";

const WORDS: Readonly<Record<Profile, Words>> = {
  [Profile.V310]: V310,
  [Profile.V61]: V61,
  [Profile.V612]: V612,
  [Profile.V73]: V73,
};

/** The texts of the kernel of a profile. */
export function wordsOf(profile: Profile): Words {
  return WORDS[profile];
}
