// The transcripts of commands that take minutes; test/transcripts/ runs the others.
import { describe } from "vitest";
import { testTranscripts } from "../transcripts/checked.ts";

describe("a transcript in the documents", () => testTranscripts({ isLong: true }));
