// The jobs of planted_worker.js.

export interface PlantedJobs {
  /** Answers at once. */
  double(number: number): number;
  /** Answers how many jobs its thread has done before, of this kind. */
  before(job: undefined): number;
  /** Takes so much CPU time, in so many parts of equal length. */
  burn(job: { readonly cpuMs: number; readonly parts: number }): string;
  /**
   * The same twice, in one part. In between, when the watchdog has looked, the process says that
   * it stops, and it stands still until another process continues it.
   */
  stopAndBurn(cpuMs: number): string;
  /** Never ends, from the part of that number on. */
  loop(at: number): never;
  /** Never ends, without any CPU time. */
  sleep(at: number): never;
  die(at: number): never;
  leave(code: number): never;
  /** Fails in the first thread only: `tries` is shared by all. */
  failOnce(tries: SharedArrayBuffer): string;
  /** What the job saw of others: how many were at work when it began, and when it ended. */
  count(atWork: SharedArrayBuffer): number;
}
