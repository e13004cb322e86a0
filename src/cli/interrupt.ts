// How a user ends a run: Ctrl-C, or SIGTERM. The run keeps what it knows and ends within two
// seconds; a second signal ends it at once.
import { ExitCode } from "./exit_code.ts";
import { clearScreen, note } from "./terminal.ts";

export interface Interruption {
  readonly signal: AbortSignal;
  /** Stops listening. */
  readonly release: () => void;
}

const END_MS = 1600;
const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/**
 * Listens for signals until it is released. `endMs`: a run that does not end by itself is ended
 * after that; `then` says what happens until then.
 */
export function listenForInterrupt(
  endMs = END_MS,
  then = "this ends within two seconds",
): Interruption {
  const controller = new AbortController();
  let end: NodeJS.Timeout | undefined;
  const hear = (): void => {
    if (controller.signal.aborted) process.exit(ExitCode.INTERRUPTED);
    clearScreen();
    note(`interrupted: ${then}, and at once with another Ctrl-C`);
    end = setTimeout(giveUp, endMs);
    controller.abort();
  };
  for (const name of SIGNALS) process.on(name, hear);
  const release = (): void => {
    clearTimeout(end);
    for (const name of SIGNALS) process.off(name, hear);
  };
  return { signal: controller.signal, release };
}

function giveUp(): void {
  clearScreen();
  note("ended before the result was complete: what a journal has is kept, see --resume");
  process.exit(ExitCode.INTERRUPTED);
}
