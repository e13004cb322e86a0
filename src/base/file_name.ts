// What people call a file.

/** The last name of a path: the rest says where it lies on one machine. */
export function fileName(path: string): string {
  const names = path.split(/[/\\]/).filter((name) => name !== "");
  return names.at(-1) ?? path;
}
