// Patterns that are longer than a line.

/** A pattern from its parts, in order. */
export function longPattern(...parts: readonly string[]): RegExp {
  return new RegExp(parts.join(""));
}
