// Errors that the user caused: requests that cannot be met, and refusals of the operating system.

/**
 * The error of a request that cannot be met: a malformed script, an unknown option, a file that is
 * missing. Its message is one sentence that names the file and line, or the option. The command
 * line prints it and exits with 2. What a program or an allocator under test does wrong is never an
 * error, it is a result.
 */
export class UserError extends Error {
  override readonly name = "UserError";
  /** The word of a script's line that is wrong, counted from 0, where it is one word. */
  readonly word: number | undefined;

  constructor(message: string, word?: number) {
    super(message);
    this.word = word;
  }
}

/** Does work; rewords the UserError that it throws. */
export function reworded<T>(reword: (message: string) => string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof UserError) throw new UserError(reword(error.message), error.word);
    throw error;
  }
}

/** Does work; undefined where it refuses a request. */
export function unlessRefused<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  ENOSPC: "the disk is full",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "permission denied",
  EDQUOT: "the disk is full",
  EFBIG: "files may not be so large",
  ENOTDIR: "it is no folder",
  EEXIST: "it is no folder",
  EISDIR: "it is a folder",
  ELOOP: "it is a link",
  ENAMETOOLONG: "its name is too long",
};

/** The reason in plain words, or the message of the error itself. */
export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  return REASONS[code] ?? (error instanceof Error ? error.message : String(error));
}

export const OUT_OF_MEMORY = /could not allocate|cannot allocate|out of memory|allocation failed/i;

/** Whether this machine, or what it allows a process, had no memory left. */
export function isOutOfMemory(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code = "" } = error as NodeJS.ErrnoException;
  if (["ENOMEM", "ERR_WORKER_INIT_FAILED", "ERR_MEMORY_ALLOCATION_FAILED"].includes(code))
    return true;
  return error instanceof RangeError && OUT_OF_MEMORY.test(error.message);
}
