// How far a guided search has come, and how it says so.
import { counted } from "../base/count_text.ts";

/** How far a guided search has come. */
export interface Guidance {
  /** Edges that some program came by, and those that the code has. */
  readonly edges: number;
  readonly edgesInAll: number;
  /** Programs that it goes on from. */
  readonly corpus: number;
  /** When an edge, or one more often than before, was last come by; on the campaign's clock. */
  readonly newestMs: number;
}

/** `734 of 7186 edges, a corpus of 267 programs`. */
export function guidanceText({ edges, edgesInAll, corpus }: Guidance): string {
  return `${edges} of ${counted(edgesInAll, "edge")}, a corpus of ${counted(corpus, "program")}`;
}
