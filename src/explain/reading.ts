// A log, read: its reports in order, with their damage, and which of them follows from which.
import { findDamage } from "./damage/damage.ts";
import type { ValueContext } from "./damage/looks.ts";
import { inOrderOfTime, isAboutList, link } from "./links.ts";
import { lostPartsOf } from "./lost.ts";
import { kernelIn, MachineReader } from "./machine.ts";
import { CacheSizes } from "./read/cache_sizes.ts";
import { LogParser } from "./read/parser.ts";
import { inOrderOfParts } from "./read/pstore.ts";
import { withoutMailEncoding } from "./read/quoted_printable.ts";
import { LineSplitter, type LogInput } from "./read/splitter.ts";
import { StructFields } from "./read/struct_fields.ts";
import { unwrapped } from "./read/unwrap.ts";
import type { CacheSize, LogReading, MachineFacts, Report } from "./report.ts";

/** Reads what the splitter kept of a log. */
export function readingOf(input: LogInput): LogReading {
  const parser = new LogParser();
  const machine = new MachineReader();
  const sizes = new CacheSizes();
  const fields = new StructFields();
  for (const line of unwrapped(inOrderOfParts(withoutMailEncoding(input.lines)))) {
    machine.take(line.text);
    sizes.take(line.text);
    fields.take(line.text);
    parser.take(line);
    const last = parser.reports.at(-1);
    if (last !== undefined) last.kernel ??= kernelIn(line.text);
  }
  parser.finish();
  const reports = inOrderOfTime(parser.reports);
  const facts = machine.facts(reports);
  for (const report of reports) report.kernel ??= facts.kernel;
  nameObjects(reports, sizes);
  for (const report of reports) report.objectName = fields.found.get(report.object ?? 0n);
  placeDamage(reports, facts);
  link(reports);
  const { unplaced, others } = parser;
  return { machine: facts, reports, unplaced, others: [...others], cacheSizes: sizes.found };
}

/** Reads lines that our kernel printed. */
export function readingOfLines(lines: readonly string[]): LogReading {
  const splitter = new LineSplitter();
  splitter.push(new TextEncoder().encode(lines.join("\n")));
  return readingOf(splitter.finish());
}

/** A crash in the allocator holds its cache, and often its object, in registers. */
function nameObjects(reports: readonly Report[], { found: sizes, ofObjects }: CacheSizes): void {
  for (const report of reports) {
    const held = [...report.registers.values()];
    const cache = sizes.find(({ address }) => address !== undefined && held.includes(address));
    report.cache ??= cache?.name;
    report.objectSize ??= cache?.objectSize ?? ofObjects.get(report.cache ?? "");
    const list = reports.find((other) => other.check === "list" && isAboutList(other, report));
    if (!/oops/.test(report.check) || list === undefined) continue;
    report.object ??= list.list?.expected;
    if (cache !== undefined) nameNode(list, cache);
  }
}

const PAGE = 0xfffn;

/** A list node whose story goes on with an object of a cache lies in a slot of that cache. */
function nameNode(report: Report, { name, size, objectSize }: CacheSize): void {
  const node = report.list?.neighbour;
  if (node === undefined || report.object !== undefined) return;
  report.cache = name;
  report.objectSize = objectSize;
  report.object = node - ((node & PAGE) % BigInt(size));
  report.ranges.push({ from: node, to: node + 15n, slabOffset: undefined, is: -1, was: -1 });
}

function placeDamage(reports: readonly Report[], facts: MachineFacts): void {
  const known = knownAddresses(reports);
  const { wordBytes, isBigEndian } = facts;
  const context: ValueContext = { wordBytes, isBigEndian, known };
  for (const report of reports) {
    findDamage(report, context);
    report.lost = lostPartsOf(report);
  }
}

/** Addresses that a damaged word may equal. */
function knownAddresses(reports: readonly Report[]): Map<bigint, string> {
  const known = new Map<bigint, string>();
  const note = (address: bigint | undefined, name: string): void => {
    if (address !== undefined && address > 0xffffn && !known.has(address)) known.set(address, name);
  };
  reports.forEach((report, i) => {
    note(report.list?.expected, `the list head of report ${i + 1}`);
    note(report.list?.neighbour, `the list node of report ${i + 1}`);
    note(report.object, `the object of report ${i + 1}`);
    note(report.faultAddress, `the address that could not be read in report ${i + 1}`);
  });
  return known;
}
