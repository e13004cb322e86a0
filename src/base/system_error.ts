// What the operating system refused, and why, in words.

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
