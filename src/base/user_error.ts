// What people are told of: requests that cannot be met, and what the operating system refused.

/**
 * The error of a request that cannot be met: a malformed script, an unknown option, a file that is
 * missing. Its message is one sentence that names the file and line, or the option. The command
 * line prints it and exits with 2. What a program or an allocator under test does wrong is never an
 * error, it is a result.
 */
export class UserError extends Error {
  override readonly name = "UserError";
}

/** Does work; what it refuses is refused in other words. */
export function reworded<T>(reword: (message: string) => string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof UserError) throw new UserError(reword(error.message));
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
  ENOTDIR: "it is no folder",
  EEXIST: "it is no folder",
};

/** Why it refused; where there are no words for it, its own. */
export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  return REASONS[code] ?? (error instanceof Error ? error.message : String(error));
}
