// From the lines of a log to its reports. A line is taken for what it says, wherever it stands, so
// that lines of other CPUs and of other tools between those of a report do no harm.

import type { Report, SlabCheck, UnplacedLine } from "../report.ts";
import { titleOf } from "../wording.ts";
import { isBodyLine, takeBody } from "./body.ts";
import {
  type Crash,
  checkOfCrash,
  crashIn,
  diedIn,
  EXCEPTION,
  failingAddressIn,
  isHelper,
  takeRegisters,
} from "./crash.ts";
import { HeadlessReport } from "./headless.ts";
import { listWordsOf } from "./list_words.ts";
import { pointerOf } from "./numbers.ts";
import { oneLineReport } from "./one_line.ts";
import { otherToolIn } from "./other_tools.ts";
import { longPattern } from "./pattern.ts";
import { crashOn, holdsPoison, isRepeated, listKindOf, titleOfPlace } from "./place.ts";
import { paddingRangeIn, rangeIn } from "./ranges.ts";
import { reportAt } from "./report_at.ts";
import type { LogLine } from "./unwrap.ts";

/** The beginning of a list check's sentence; prose goes on in other words. */
const CUT_LIST = longPattern(
  String.raw`^list_\w{3,8} (?:corruption[.,]|double add:) ?`,
  String.raw`(?:(?:next|prev)(?:->| is)|\(?(?:0x)?[0-9a-f]{8}|\(|new=|$)`,
);
/** What mails and trackers say about a log that they hold. */
const HEADING = /^(?:Subject|Re|Fwd?|AW|Title|Summary|Bug \d{1,8})\b.{0,12}? ?[:\u2013-] /i;

/** A line this far behind a report's last line is of another one. */
const REACH = 600;
/** The words of a report, and where the kernel warned or died, stand so near to each other. */
const BESIDE = 12;
const STACK_MAX = 40;
const UNPLACED_MAX = 100;

const TITLE =
  /\bBUG (\S{1,80}(?: \S{1,40})?) \((?:Not tainted|Tainted:[^)]{0,80})\)\s?: ?(.{1,200})/;
const OLD_TITLE = /^BUG ([^\s:()]{1,60}|\(null\)): (.{1,200})/;
const OBJECT_CORRUPT = "Object corrupt";
const BRACKETED = /\[([\w ]{1,30} overwritten)\] 0x/;
const LIST = /\b(list_(?:add|del)(?: corruption| double add|_rcu corruption))/;
const WARNED_AT = /\bWARNING: .{0,60}\b((?:mm|lib)\/\w{1,20}\.[ch]):\d{1,5}(?: at)? ?(\w{1,60})?/;
const WARNED_IN = /\bWARNING: .{0,60}\bmm\/sl[au]b\.[ch]:\d{1,5} ?(\w{1,60})/;
const NOT_A_SLAB = /virt_to_cache: Object is not a Slab page/;
const POINTER_OFFSET = longPattern(
  String.raw`\bslab (\S{1,60}) start (?:0x)?([0-9a-f]{8,16}) (?:data offset \d+ )?pointer`,
  String.raw` offset (\d+)(?: size (\d+))?`,
);
const FRAME = /(?:^|[\s(\]])(\? )?([A-Za-z_][\w.]{1,79})\+(?:0x[0-9a-f]{1,6}\/0x[0-9a-f]{1,6})/;
const CRASH_FRAME = /^#\d{1,3} \[[0-9a-f]{8,16}\] ([A-Za-z_][\w.]{1,79}) at [0-9a-f]{8,16}/;
const INLINE_FRAME = /^([A-Za-z_]\w{1,79}) \S{1,80}:\d+ \[inline\]/;
const DROPPED = /\b\d{1,9} printk messages dropped|\bMissed \d{1,9} kernel messages/;

const VOICES_MAX = 256;

/** What one task or CPU has printed, as far as it may go on. */
interface Voice {
  /** The last report of the checker, and the last of any kind. */
  slub: Report | undefined;
  last: Report | undefined;
  crash: Crash | undefined;
  /** Where mem_dump_obj() says that the address of the list report to come lies. */
  dumped: RegExpExecArray | undefined;
  isTrace: boolean;
  /** A crash outside of the allocator, until its registers tell whether it met poison. */
  suspected: Report | undefined;
}

function newVoice(): Voice {
  const none = undefined;
  const reports = { slub: none, last: none, suspected: none };
  return { ...reports, crash: none, dumped: none, isTrace: false };
}

export class LogParser {
  readonly reports: Report[] = [];
  readonly unplaced: UnplacedLine[] = [];
  readonly others = new Set<string>();
  /** Of each task or CPU that prints, because they print at the same time. */
  readonly #voices = new Map<string, Voice>();
  #caller = "";
  #voice: Voice = newVoice();
  readonly #headless = new HeadlessReport();
  /** A warning that two allocators print, until the line that tells which one it was. */
  #notASlab: LogLine | undefined;

  take(line: LogLine): void {
    if (line.seconds === undefined && HEADING.test(line.text)) return;
    this.#listenTo(line.caller ?? this.#caller);
    const other = otherToolIn(line.text);
    if (other !== undefined) this.others.add(other);
    const isTitle = this.#title(line) || this.#list(line) || this.#warning(line);
    if (!isTitle) this.#body(line);
    if (DROPPED.test(line.text) && this.#voice.last !== undefined) {
      this.#voice.last.isDropped ||= line.first - this.#voice.last.lastLine <= BESIDE;
    }
    this.#suspicion(line);
    this.#crashLine(line);
  }

  /** Goes on where this caller was. */
  #listenTo(caller: string): void {
    if (caller === this.#caller) return;
    if (this.#voices.size > VOICES_MAX) this.#voices.clear();
    this.#voices.set(this.#caller, this.#voice);
    this.#voice = this.#voices.get(caller) ?? newVoice();
    this.#caller = caller;
  }

  #open(report: Report, isSlub: boolean): boolean {
    this.#closeHeadless();
    this.reports.push(report);
    this.#voice.last = report;
    this.#voice.slub = isSlub ? report : undefined;
    this.#voice.isTrace = false;
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
    const padding = paddingRangeIn(text);
    if (padding !== undefined) report.ranges.push(padding);
    return this.#open(report, true);
  }

  /** The title that follows the words of 6.12's checks belongs to the report that they opened. */
  #completes(cache: string, line: LogLine): boolean {
    const open = this.#near(this.#voice.slub, line);
    if (open === undefined || open.cache !== undefined || open.ranges.length === 0) return false;
    open.cache = cache;
    open.lastLine = line.last;
    return true;
  }

  #list(line: LogLine): boolean {
    const found = LIST.exec(line.text);
    const words = found === null ? undefined : listWordsOf(line.text);
    if (found === null || (words === undefined && !CUT_LIST.test(line.text))) {
      this.#voice.dumped = POINTER_OFFSET.exec(line.text) ?? this.#voice.dumped;
      return false;
    }
    const kind = found[1].startsWith("list_add") ? "list_add corruption" : "list_del corruption";
    const report = reportAt(line, { check: "list", kind, list: words });
    if (this.#voice.dumped !== undefined) placeNode(report, this.#voice.dumped);
    this.#voice.dumped = undefined;
    // Kernels before 4.16 warn first, and then say what of.
    if (this.reports.at(-1)?.isHeadless === true && this.#isSaid("list", line)) this.reports.pop();
    return this.#open(report, false);
  }

  #warning(line: LogLine): boolean {
    if (NOT_A_SLAB.test(line.text)) this.#notASlab = line;
    if (this.#isOfSlub(line) || this.#wordless(line)) return true;
    const said = oneLineReport(line.text);
    if (said === undefined) return false;
    const report = reportAt(line, said);
    if (isRepeated(report, this.reports)) return false;
    const crash = report.isOfDump ? crashOn(report, this.reports) : undefined;
    if (crash === undefined) return this.#open(report, false);
    crash.cache ??= report.cache;
    crash.freePointer ??= report.freePointer;
    return true;
  }

  /** A warning whose words are lost: its place in the kernel's source tells what it is about. */
  #wordless(line: LogLine): boolean {
    const [, file, fn] = WARNED_AT.exec(line.text) ?? [];
    const title = file === undefined ? undefined : titleOfPlace(file, fn);
    if (title === undefined || this.#isSaid(title.check, line)) return false;
    return this.#open(reportAt(line, { ...title, isHeadless: true }), false);
  }

  /** Whether a report of this check was opened by the lines just before. */
  #isSaid(check: SlabCheck, line: LogLine): boolean {
    return this.reports.some(
      (report) => report.check === check && line.first - report.lastLine <= BESIDE,
    );
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
    const report = this.#near(this.#voice.slub, line);
    const isOurs = isBodyLine(line.text);
    if (report !== undefined && isOurs) {
      if (takeBody(report, line.text)) this.#voice.isTrace = false;
      report.lastLine = Math.max(report.lastLine, line.last);
    } else if (isOurs) this.#takeHeadless(line);
    this.#trace(line);
  }

  /** This title follows the words of a check, which are missing here. */
  #beginHeadless(cache: string, line: LogLine): void {
    this.#closeHeadless();
    this.#voice.slub = undefined;
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
    const range = rangeIn(line.text);
    if (range === undefined) return false;
    const open = this.#near(this.#voice.slub, line);
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
    if (/call trace:|^Backtrace:|crash> bt/i.test(text)) this.#voice.isTrace = true;
    const report = this.#voice.last;
    if (report === undefined || last - report.lastLine > REACH) return;
    takeRegisters(report, text);
    if (!this.#voice.isTrace) return;
    const [, unsure, fn] = FRAME.exec(text) ?? [];
    const name = fn ?? CRASH_FRAME.exec(text)?.[1] ?? INLINE_FRAME.exec(text)?.[1];
    if (name === undefined || unsure !== undefined || report.stack.length >= STACK_MAX) return;
    report.stack.push(name);
    report.lastLine = Math.max(report.lastLine, last);
  }

  #crashLine(line: LogLine): void {
    const crash = crashIn(line);
    if (crash !== undefined) this.#voice.crash = merged(this.#voice.crash, crash);
    const address = failingAddressIn(line.text);
    if (this.#voice.crash !== undefined && address !== undefined) {
      this.#voice.crash = { ...this.#voice.crash, address: this.#voice.crash.address ?? address };
    }
    const open = this.#voice.crash;
    if (open === undefined) return;
    if (line.first - open.line.first > 80) {
      this.#closeCrash();
      return;
    }
    const fn = open.helper === undefined ? this.#diedIn(line) : this.#frameIn(line.text);
    if (fn === undefined) return;
    // What fills memory or translates an address does it for the function that called it.
    if (isHelper(fn)) this.#voice.crash = { ...open, helper: open.helper ?? fn };
    else {
      this.#voice.crash = undefined;
      this.#report(open, fn, line);
    }
  }

  #diedIn({ text }: LogLine): string | undefined {
    const died = diedIn(text);
    return died === undefined || died.isInline ? undefined : died.fn;
  }

  /** The function of a line of a trace that is sure. */
  #frameIn(text: string): string | undefined {
    const [, unsure, fn] = FRAME.exec(text) ?? [];
    return unsure === undefined ? fn : undefined;
  }

  /** Ends the log. */
  finish(): void {
    this.#closeCrash();
    for (const caller of [...this.#voices.keys()]) {
      this.#listenTo(caller);
      this.#closeCrash();
    }
    if (this.#notASlab !== undefined) this.#openNotASlab(this.#notASlab);
    this.#closeHeadless();
  }

  /** Without a stack a BUG() of the allocator's own file is a report all the same. */
  #closeCrash(): void {
    const crash = this.#voice.crash;
    this.#voice.crash = undefined;
    if (crash?.file !== undefined) this.#report(crash, crash.helper ?? "", crash.line);
  }

  #report(crash: Crash, fn: string, line: LogLine): void {
    const check = checkOfCrash(crash, fn);
    if (check === undefined) this.#suspect(crash, fn, line);
    else if (!this.#isTold(crash, check, fn))
      this.#openCrash(this.#crashReport(crash, check, fn, line));
  }

  #crashReport(crash: Crash, check: SlabCheck, fn: string, line: LogLine): Report {
    const died = crash.helper ?? fn;
    const title = crash.file === undefined ? `${crash.what} in ${died}` : crash.what;
    const kind = check === "list" ? listKindOf(fn) : title;
    const isOfDump = line.text.includes("exception RIP");
    const faultAddress = crash.address;
    const isHeadless = check === "list";
    const report = reportAt(crash.line, { check, kind, faultAddress, isOfDump, isHeadless });
    report.lastLine = line.last;
    report.stack.push(...new Set([died, fn]));
    takeRegisters(report, line.text);
    return report;
  }

  #openCrash(report: Report): void {
    this.#open(report, false);
    // The stack that a crash tool shows goes on behind the function that died.
    this.#voice.isTrace = report.isOfDump;
  }

  /** Whether the words of a list check, or the first words of the same crash, were a report. */
  #isTold(crash: Crash, check: SlabCheck, fn: string): boolean {
    if (check === "list") return this.#isSaid(check, crash.line);
    // The crash tool shows once more where the machine died.
    if (crash.what === EXCEPTION) return this.reports.some(({ stack }) => stack[0] === fn);
    const last = this.reports.at(-1);
    return crash.what === "oops" && last?.stack[0] === fn && this.#isSaid(check, crash.line);
  }

  /** A crash elsewhere is ours if it turns out that a register holds poison. */
  #suspect(crash: Crash, fn: string, line: LogLine): void {
    if (crash.file !== undefined) return;
    this.others.add(`${crash.what} in ${fn}`);
    if (crash.what !== "general protection fault" || crash.address !== undefined) return;
    this.#voice.suspected = this.#crashReport(crash, "poison-oops", fn, line);
  }

  #suspicion({ text, first }: LogLine): void {
    const report = this.#voice.suspected;
    if (report === undefined) return;
    takeRegisters(report, text);
    const isOurs = holdsPoison(report);
    if (isOurs) this.#openCrash(report);
    if (isOurs || first - report.lastLine > BESIDE) this.#voice.suspected = undefined;
  }

  #near(report: Report | undefined, line: LogLine): Report | undefined {
    return report !== undefined && line.first - report.lastLine <= REACH ? report : undefined;
  }

  #unplace({ first, offset, text }: LogLine): void {
    if (this.unplaced.length < UNPLACED_MAX) this.unplaced.push({ line: first, offset, text });
  }
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

/** The words of one crash come on more than one line: the first that says what it was counts. */
function merged(before: Crash | undefined, crash: Crash): Crash {
  if (before === undefined || crash.line.first - before.line.first > 20) return crash;
  // Prose has no address.
  if (before.what === crash.what && before.address === undefined) return crash;
  return before.what === "oops" ? { ...crash, line: before.line } : before;
}
