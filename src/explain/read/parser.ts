// From the lines of a log to its reports. A line is taken for what it says, wherever it stands, so
// that lines of other CPUs and of other tools between those of a report do no harm.

import { sizeOfName } from "../damage/object_size.ts";
import type { Report, UnplacedLine } from "../report.ts";
import { titleOf } from "../wording.ts";
import { type Crash, checkOfCrash, crashIn, diedIn } from "./crash.ts";
import { HeadlessReport } from "./headless.ts";
import { listWordsOf } from "./list_words.ts";
import { bytesOfRow, pointerOf } from "./numbers.ts";
import { longPattern } from "./pattern.ts";
import { reportAt } from "./report_at.ts";
import type { LogLine } from "./unwrap.ts";

/** A line this far behind a report's last line is of another one. */
const REACH = 600;
const STACK_MAX = 40;
const UNPLACED_MAX = 100;

const TITLE =
  /\bBUG (\S{1,80}(?: \S{1,40})?) \((?:Not tainted|Tainted:[^)]{0,80})\)\s?: ?(.{1,200})/;
const OLD_TITLE = /^BUG ([^\s:()]{1,60}|\(null\)): (.{1,200})/;
const OBJECT_CORRUPT = "Object corrupt";
const BRACKETED = /\[([\w ]{1,30} overwritten)\] 0x/;
const RANGE = longPattern(
  String.raw`(0x[0-9a-f]{1,16}) ?- ?(0x[0-9a-f]{1,16})(?: @offset=(\d{1,20}))?\. First byte`,
  " (0x[0-9a-f]{1,2}) instead of (0x[0-9a-f]{1,2})",
);
const SLAB_PADDING = longPattern(
  String.raw`Padding overwritten\. (0x[0-9a-f]{1,16}) ?- ?(0x[0-9a-f]{1,16})`,
  String.raw`(?: @offset=(\d{1,20}))?`,
);
const TRACK = longPattern(
  String.raw`\b(Allocated|Freed) in (\S{1,120}?)(?:\+0x[0-9a-f]+/0x[0-9a-f]+)?(?:`,
  String.raw` \[[\w-]{1,60}\])? age=(\d{1,20}) cpu=(\d{1,10}) pid=(-?\d{1,10})`,
);
const SLAB = /\bSlab 0x\S+ objects=(\d+) used=(\d+) fp=(0x ?\s*\(null\)|\S+)/;
const OBJECT = /\bObject (0x[0-9a-f]{1,16}) @offset=(\d{1,20})(?: fp=(0x ?\s*\(null\)|\S+))?/;
const ROW = longPattern(
  String.raw`\b(Redzone|Object|Padding|Bytes b4|Section) +(?:0x)?([0-9a-f]{3,16}):`,
  " {1,4}((?:[0-9a-f]{2} ?)+.{0,60})",
);
const FIX = /\bFIX (\S{1,80}(?: \S{1,40})?): (.{1,200})/;
const LIST = /\b(list_(?:add|del)(?: corruption| double add|_rcu corruption))/;
const WRONG_CACHE = longPattern(
  String.raw`(?:cache_from_obj: |Wrong slab cache\. ){1,2}(\S{1,60}) but object`,
  String.raw`(?: is from (\S{1,60}))?`,
);
const WARNED_IN = /\bWARNING: .{0,60}\bmm\/sl[au]b\.[ch]:\d{1,5} ?(\w{1,60})/;
const NOT_A_SLAB = /virt_to_cache: Object is not a Slab page/;
const STILL_HAS = /kmem_cache_destroy (\S{1,60}): Slab cache still has objects/;
const POINTER_OFFSET = longPattern(
  String.raw`\bslab (\S{1,60}) start (?:0x)?([0-9a-f]{8,16}) (?:data offset \d+ )?pointer`,
  String.raw` offset (\d+)(?: size (\d+))?`,
);
const REGISTER =
  /\b(R[A-D]X|R[SD]I|R[SB]P|R\d\d?|E[A-D]X|E[SD]I|E[SB]P|CR2|[xr]\d\d?)\s?: ?([0-9a-f]{8,16})\b/g;
const GPR_ROW = /\bGPR(\d\d): ((?:[0-9a-f]{16} ?){1,4})/;
const FRAME = /(?:^|[\s(\]])(\? )?([A-Za-z_][\w.]{1,79})\+(?:0x[0-9a-f]{1,6}\/0x[0-9a-f]{1,6})/;
const CRASH_FRAME = /^#\d{1,3} \[[0-9a-f]{8,16}\] ([A-Za-z_][\w.]{1,79}) at [0-9a-f]{8,16}/;
const INLINE_FRAME = /^([A-Za-z_]\w{1,79}) \S{1,80}:\d+ \[inline\]/;
const OTHER_TOOL = longPattern(
  String.raw`(BUG: KASAN: [\w-]+|BUG: KFENCE: [\w-]+|BUG: KCSAN: [\w-]+|WARNING: possible`,
  String.raw` [\w ]+ detected|Out of memory: |invoked oom-killer|BUG: sleeping function|soft`,
  " lockup|suspicious RCU usage|BUG: Bad page)",
);

/** Looks like a line of our reports. */
const OURS = [RANGE, TRACK, SLAB, OBJECT, ROW, FIX];

export class LogParser {
  readonly reports: Report[] = [];
  readonly unplaced: UnplacedLine[] = [];
  readonly others = new Set<string>();
  /** The last report of the checker, and the last of any kind. */
  #slub: Report | undefined;
  #last: Report | undefined;
  #crash: Crash | undefined;
  /** Where mem_dump_obj() says that the address of the list report to come lies. */
  #dumped: RegExpExecArray | undefined;
  #isTrace = false;
  readonly #headless = new HeadlessReport();
  /** A warning that two allocators print, until the line that tells which one it was. */
  #notASlab: LogLine | undefined;

  take(line: LogLine): void {
    const other = OTHER_TOOL.exec(line.text)?.[1];
    if (other !== undefined) this.others.add(other);
    const isTitle = this.#title(line) || this.#list(line) || this.#warning(line);
    if (!isTitle) this.#body(line);
    this.#crashLine(line);
  }

  #open(report: Report, isSlub: boolean): boolean {
    this.#closeHeadless();
    this.reports.push(report);
    this.#last = report;
    this.#slub = isSlub ? report : undefined;
    this.#isTrace = false;
    return true;
  }

  #title(line: LogLine): boolean {
    const [, cache, text] = TITLE.exec(line.text) ?? OLD_TITLE.exec(line.text) ?? [];
    const title = text === undefined ? undefined : titleOf(text);
    if (title === undefined) return false;
    if (title.kind === OBJECT_CORRUPT) {
      if (!this.#completes(cache, line)) this.#beginHeadless(cache, line);
      return true;
    }
    const report = reportAt(line, { ...title, cache });
    const padding = SLAB_PADDING.exec(text);
    if (padding !== null) report.ranges.push(paddingRange(padding));
    return this.#open(report, true);
  }

  /** The title that follows the words of 6.12's checks belongs to the report that they opened. */
  #completes(cache: string, line: LogLine): boolean {
    const open = this.#near(this.#slub, line);
    if (open === undefined || open.cache !== undefined || open.ranges.length === 0) return false;
    open.cache = cache;
    open.lastLine = line.last;
    return true;
  }

  #list(line: LogLine): boolean {
    const found = LIST.exec(line.text);
    if (found === null) {
      this.#dumped = POINTER_OFFSET.exec(line.text) ?? this.#dumped;
      return false;
    }
    const kind = found[1].startsWith("list_add") ? "list_add corruption" : "list_del corruption";
    const report = reportAt(line, { check: "list", kind, list: listWordsOf(line.text) });
    if (this.#dumped !== undefined) placeNode(report, this.#dumped);
    this.#dumped = undefined;
    return this.#open(report, false);
  }

  #warning(line: LogLine): boolean {
    const [, cache, owner] = WRONG_CACHE.exec(line.text) ?? [];
    if (cache !== undefined) {
      const objectSize = sizeOfName(owner);
      const words = { check: "wrong-cache", kind: "Wrong slab cache" } as const;
      const report = reportAt(line, { ...words, cache, objectSize });
      return this.#open(report, false);
    }
    if (NOT_A_SLAB.test(line.text)) this.#notASlab = line;
    if (this.#isOfSlub(line)) return true;
    const still = STILL_HAS.exec(line.text)?.[1];
    if (still === undefined || this.reports.some(({ cache: name }) => name === still)) return false;
    const kind = "Slab cache still has objects";
    return this.#open(reportAt(line, { check: "remaining", kind, cache: still }), false);
  }

  /** Only the kfree() of the SLAB allocator looks an object's cache up by itself. */
  #isOfSlub(line: LogLine): boolean {
    const warned = this.#notASlab;
    const [, fn] = WARNED_IN.exec(line.text) ?? [];
    if (warned === undefined || fn === undefined) return false;
    this.#notASlab = undefined;
    return /^kfree\b/.test(fn) ? false : this.#openNotASlab(warned);
  }

  #openNotASlab(line: LogLine): boolean {
    const kind = "Object is not a Slab page";
    return this.#open(reportAt(line, { check: "kfree-page", kind }), false);
  }

  #body(line: LogLine): void {
    if (this.#range(line)) return;
    const report = this.#near(this.#slub, line);
    const isOurs = OURS.some((pattern) => pattern.test(line.text));
    if (report !== undefined && isOurs) {
      if (takeBody(report, line.text)) this.#isTrace = false;
      report.lastLine = Math.max(report.lastLine, line.last);
    } else if (isOurs) this.#takeHeadless(line);
    this.#trace(line);
  }

  /** This title follows the words of a check, which are missing here. */
  #beginHeadless(cache: string, line: LogLine): void {
    this.#closeHeadless();
    this.#slub = undefined;
    const report = this.#takeHeadless(line);
    report.cache = cache;
    report.kind = OBJECT_CORRUPT;
  }

  /** A line of a report whose beginning is missing. */
  #takeHeadless(line: LogLine): Report {
    if (line.first - this.#headless.lastLine > REACH) this.#closeHeadless();
    const report = this.#headless.take(line);
    takeBody(report, line.text);
    report.lastLine = line.last;
    return report;
  }

  #closeHeadless(): void {
    const { report, lines } = this.#headless.close();
    if (report === undefined) for (const line of lines) this.#unplace(line);
    else this.reports.push(report);
  }

  /** A line about wrong bytes: it may stand before the title, and it may be all that is left. */
  #range(line: LogLine): boolean {
    const match = RANGE.exec(line.text);
    if (match === null) return false;
    const range = rangeOf(match);
    const open = this.#near(this.#slub, line);
    const section = BRACKETED.exec(line.text)?.[1];
    if (open !== undefined && open.ranges.length === 0 && section === undefined) {
      open.ranges.push(range);
      open.lastLine = line.last;
      return true;
    }
    const title = section === undefined ? undefined : titleOf(section);
    if (title === undefined) {
      const report = this.#takeHeadless(line);
      report.ranges.push(range);
      return true;
    }
    const report = reportAt(line, title);
    report.ranges.push(range);
    return this.#open(report, true);
  }

  #trace({ text, last }: LogLine): void {
    if (/call trace:|^Backtrace:|crash> bt/i.test(text)) this.#isTrace = true;
    const report = this.#last;
    if (report === undefined || last - report.lastLine > REACH) return;
    takeRegisters(report, text);
    if (!this.#isTrace) return;
    const [, unsure, fn] = FRAME.exec(text) ?? [];
    const name = fn ?? CRASH_FRAME.exec(text)?.[1] ?? INLINE_FRAME.exec(text)?.[1];
    if (name === undefined || unsure !== undefined || report.stack.length >= STACK_MAX) return;
    report.stack.push(name);
    report.lastLine = Math.max(report.lastLine, last);
  }

  #crashLine(line: LogLine): void {
    const crash = crashIn(line);
    if (crash !== undefined) this.#crash = merged(this.#crash, crash);
    const open = this.#crash;
    if (open === undefined) return;
    if (line.first - open.line.first > 80) {
      this.#closeCrash();
      return;
    }
    const died = diedIn(line.text);
    if (died === undefined) {
      // Without a stack a BUG() of the allocator's own file is a report all the same.
      return;
    }
    if (died.isInline) return;
    this.#crash = undefined;
    this.#report(open, died.fn, line);
  }

  /** Ends the log. */
  finish(): void {
    this.#closeCrash();
    if (this.#notASlab !== undefined) this.#openNotASlab(this.#notASlab);
    this.#closeHeadless();
  }

  #closeCrash(): void {
    const crash = this.#crash;
    this.#crash = undefined;
    if (crash?.file !== undefined) this.#report(crash, "", crash.line);
  }

  #report(crash: Crash, fn: string, line: LogLine): void {
    const check = checkOfCrash(crash, fn);
    if (check === undefined) {
      if (crash.file === undefined) this.others.add(`${crash.what} in ${fn}`);
      return;
    }
    const kind = crash.file === undefined ? `${crash.what} in ${fn}` : crash.what;
    const isOfDump = line.text.includes("exception RIP");
    const faultAddress = crash.address;
    const report = reportAt(crash.line, { check, kind, faultAddress, isOfDump });
    report.lastLine = line.last;
    report.stack.push(fn);
    this.#open(report, false);
    // The stack that a crash tool shows goes on behind the function that died.
    this.#isTrace = isOfDump;
    takeRegisters(report, line.text);
  }

  #near(report: Report | undefined, line: LogLine): Report | undefined {
    return report !== undefined && line.first - report.lastLine <= REACH ? report : undefined;
  }

  #unplace({ first, offset, text }: LogLine): void {
    if (this.unplaced.length < UNPLACED_MAX) this.unplaced.push({ line: first, offset, text });
  }
}

function paddingRange([, from, to, offset]: RegExpExecArray): Report["ranges"][number] {
  return {
    from: pointerOf(from) ?? 0n,
    to: pointerOf(to) ?? 0n,
    slabOffset: offset === undefined ? undefined : Number(offset),
    is: -1,
    was: 0x5a,
  };
}

function rangeOf([, from, to, offset, is, was]: RegExpExecArray): Report["ranges"][number] {
  return {
    from: BigInt(from),
    to: BigInt(to),
    slabOffset: offset === undefined ? undefined : Number(offset),
    is: Number(is),
    was: Number(was),
  };
}

function placeNode(report: Report, [, cache, start, offset, size]: RegExpExecArray): void {
  report.cache = cache;
  report.object = pointerOf(start);
  report.slabOffset = undefined;
  report.objectSize = size === undefined ? undefined : Number(size);
  report.ranges.push({
    from: (report.object ?? 0n) + BigInt(offset),
    to: (report.object ?? 0n) + BigInt(offset) + 15n,
    slabOffset: undefined,
    is: -1,
    was: -1,
  });
}

/** Takes a line of a report's body. Returns whether a trace has ended with it. */
function takeBody(report: Report, text: string): boolean {
  const row = ROW.exec(text);
  if (row !== null && takeRow(report, row)) return true;
  const track = TRACK.exec(text);
  if (track !== null) return takeTrack(report, track);
  const slab = SLAB.exec(text);
  if (slab !== null && report.used === undefined) {
    report.slabObjects = Number(slab[1]);
    report.used = Number(slab[2]);
    report.slabFreePointer = pointerOf(slab[3]);
  }
  const object = OBJECT.exec(text);
  if (object !== null) takeObject(report, object);
  const fix = FIX.exec(text);
  if (fix !== null && report.fixes.length < 50) {
    report.cache ??= fix[1];
    report.fixes.push(fix[2]);
  }
  return object !== null || slab !== null;
}

function takeRow(report: Report, [, section, address, text]: RegExpExecArray): boolean {
  const bytes = bytesOfRow(text);
  if (bytes.length === 0 || report.rows.length > 4096) return false;
  report.rows.push({ section, address: pointerOf(address) ?? 0n, bytes });
  return true;
}

function takeTrack(report: Report, [, what, by, age, cpu, pid]: RegExpExecArray): boolean {
  if (report.tracks.length < 8) {
    const kind = what === "Allocated" ? "allocated" : "freed";
    report.tracks.push({ what: kind, by, age: BigInt(age), cpu: Number(cpu), pid: Number(pid) });
  }
  return true;
}

function takeObject(report: Report, [, address, offset, fp]: RegExpExecArray): void {
  if (report.check === "remaining") report.objectsLeft += 1;
  if (report.object !== undefined) return;
  report.object = BigInt(address);
  report.slabOffset = Number(offset);
  if (fp !== undefined) report.freePointer = pointerOf(fp);
}

function takeRegisters(report: Report, text: string): void {
  if (!/list|oops|free|bug|page/.test(report.check)) return;
  for (const [, name, value] of text.matchAll(REGISTER)) {
    if (!report.registers.has(name)) report.registers.set(name, BigInt(`0x${value}`));
  }
  const row = GPR_ROW.exec(text);
  if (row === null) return;
  row[2]
    .trim()
    .split(" ")
    .forEach((value, i) => {
      const name = `r${Number(row[1]) + i}`;
      if (!report.registers.has(name)) report.registers.set(name, BigInt(`0x${value}`));
    });
}

/** The words of one crash come on more than one line: the first that says what it was counts. */
function merged(before: Crash | undefined, crash: Crash): Crash {
  if (before === undefined || crash.line.first - before.line.first > 20) return crash;
  return before.what === "oops" ? { ...crash, line: before.line } : before;
}
