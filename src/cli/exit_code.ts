// How a run ends: what the exit codes mean, and how SIGINT asks for the end.

export const ExitCode = {
  /** Nothing new was found. */
  OK: 0,
  /** Something was found that --fail-on counts. */
  FINDINGS: 1,
  /** The request was wrong: usage, script, file, configuration. */
  REQUEST: 2,
  /** slabfuzz itself failed. */
  INTERNAL: 3,
  /** Ended by SIGINT. */
  INTERRUPTED: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export interface Interruption {
  readonly signal: AbortSignal;
  /** Stops listening. */
  readonly release: () => void;
}

/** Listens for SIGINT until it is released. */
export function listenForInterrupt(): Interruption {
  const controller = new AbortController();
  const hear = (): void => {
    if (controller.signal.aborted) process.exit(ExitCode.INTERRUPTED);
    controller.abort();
  };
  process.on("SIGINT", hear);
  return { signal: controller.signal, release: () => process.off("SIGINT", hear) };
}
