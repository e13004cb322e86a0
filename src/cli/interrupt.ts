// SIGINT: the first one asks a run to end with its summary, the second ends the process.
import { ExitCode } from "./exit_code.ts";

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
