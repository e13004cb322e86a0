// The one line of a kernel log that says what happened: for summaries, where the rest would be
// noise.

/** Texts of reports and warnings. */
const TEXTS: readonly RegExp[] = [
  /^\[.* overwritten\] /,
  /^BUG \S+ \(.*?\): /,
  /^(list_add|list_del) /,
  /^(cache_from_obj|virt_to_cache|kmem_cache_destroy \S+|SLUB.*): /,
  /^SLUB: \S+ \d+ slabs counted/,
];

/** Where a warning without a text of its own came from. */
const PLACE = /^WARNING: /;

const DEATHS: readonly RegExp[] = [
  /^BUG: (unable|kernel)/,
  /^(Oops: )?general protection fault/,
  /^(Oops: )?divide error/,
  /^kernel BUG at /,
];

const RIP = /^RIP: 0010:(?:\[<.*?>\]\s+\[<.*?>\] )?(\w.*)$/;

/** What a log reports first; undefined if it reports nothing. */
export function headlineOf(lines: readonly string[]): string | undefined {
  const at = lines.findIndex((line) => isText(line) || PLACE.test(line));
  if (at === -1) return undefined;
  // 3.10 prints the place above the text.
  const below = lines[at + 1] ?? "";
  return withoutTaint(PLACE.test(lines[at]) && isText(below) ? below : lines[at]);
}

/** What a machine died of, and where; undefined if it lives. */
export function deathOf(lines: readonly string[]): string | undefined {
  const line = lines.find((one) => DEATHS.some((pattern) => pattern.test(one)));
  if (line === undefined) return undefined;
  const place = lines.map((one) => RIP.exec(one)?.[1]).find((fn) => fn !== undefined);
  return place === undefined ? line : `${line} in ${place}`;
}

function isText(line: string): boolean {
  return TEXTS.some((pattern) => pattern.test(line));
}

function withoutTaint(line: string): string {
  return line.replace(/^(BUG \S+) \(.*?\): /, "$1: ");
}
