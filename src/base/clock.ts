// The only place that reads a clock. Nothing that a case does may depend on it; it limits campaigns
// and fills in dates that people read.

/** Milliseconds since some fixed point; never runs backwards. */
export function nowMs(): number {
  return performance.now();
}

/** CPU time of all threads of this process, in milliseconds. */
export function processCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The day, as in 2027-03-01, by the clock of the prime meridian. */
export function today(): string {
  return daysFromToday(0);
}

/** The day so many days from now. */
export function daysFromToday(days: number): string {
  const DAY_MS = 86_400_000;
  return new Date(Date.now() + days * DAY_MS).toISOString().slice(0, "2027-03-01".length);
}
