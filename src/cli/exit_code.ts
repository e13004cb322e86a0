// The exit codes of the process.

export const ExitCode = {
  /** Nothing new was found. */
  OK: 0,
  /** Something was found that --fail-on counts. */
  FINDINGS: 1,
  /** The request was wrong: usage, script, file, configuration. */
  REQUEST: 2,
  /** slabfuzz itself failed. */
  INTERNAL: 3,
  /** Ended by SIGINT or SIGTERM. */
  INTERRUPTED: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
