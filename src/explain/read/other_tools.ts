// Reports of other tools, by their first words: they are set aside, and some speak for causes. Each
// pattern is bounded, because a log is hostile input.

const OTHER_TOOLS: readonly string[] = [
  String.raw`BUG: (?:KASAN|KFENCE|KCSAN|KMSAN): [\w-]{1,60}`,
  String.raw`WARNING: possible [\w ]{1,60} detected`,
  "Out of memory: ",
  "invoked oom-killer",
  "SLUB: Unable to allocate memory",
  "BUG: (?:sleeping function|scheduling while atomic|workqueue lockup)",
  "BUG: (?:spin|rw)lock [a-z ]{1,30}?(?= on)",
  "BUG: Bad (?:page state|page map|page cache|rss-counter)",
  "BUG: stack guard page",
  "soft lockup",
  "self-detected stall",
  String.raw`blocked for more than \d{1,9} seconds`,
  "suspicious RCU usage",
  "refcount_t: [a-z ]{1,40}; [a-z -]{1,40}",
  "ODEBUG: [a-z]{1,20} [a-z]{1,20}",
  String.raw`kmemleak: (?:\d{1,9} new suspected|[A-Z][a-z]{1,20} [a-z]{1,20})`,
  String.raw`UBSAN: [\w-]{1,60}`,
  "[Uu]sercopy: [Kk]ernel memory [a-z]{1,20} attempt",
  String.raw`detected buffer overflow in \w{1,30}`,
  String.raw`\w{1,30}: detected (?:buffer overflow|field-spanning write)`,
  "pagealloc: [a-z ]{1,40}",
  "stack-protector: Kernel stack is corrupted",
  "Thread overran stack",
  "Memory failure: 0x[0-9a-f]{1,16}",
  "Hardware Error",
  String.raw`EDAC \w{1,20}: \d{1,9} [CU]E`,
];

const OTHER_TOOL = new RegExp(`\\b(?:${OTHER_TOOLS.join("|")})`);

/** The first words of another tool's report. */
export function otherToolIn(text: string): string | undefined {
  return OTHER_TOOL.exec(text)?.[0];
}
