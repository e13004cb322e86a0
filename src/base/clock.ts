// The only place that reads a clock. Nothing that a case does may depend on it; it limits campaigns
// and fills in dates that people read.

/** Milliseconds since some fixed point; never runs backwards. */
export function nowMs(): number {
  return performance.now();
}

/** The date and time of day, for people. */
export function timestamp(): string {
  return new Date().toISOString();
}
