// A slab as a view follows it.

/** A slab that is there now. */
export interface LiveSlab {
  readonly block: number;
  /** Its struct page, and the cache that it belonged to when it was found. */
  readonly page: bigint;
  readonly cache: number;
  readonly cells: number;
  /** Its first page, counted from the start of RAM, and how many there are. */
  readonly firstPage: number;
  readonly pages: number;
}
