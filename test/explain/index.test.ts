// What readers of the public logs wrote down of them, against what we read: the kind of the report,
// the cache, the size of its objects, and where the damaged bytes lie.
import { describe, expect, it } from "vitest";
import type { Report } from "../../src/explain/report.ts";
import { readingOfText } from "../helper/explained.ts";
import { type PublicLog, publicLogs } from "../helper/shared_logs.ts";

/** Facts that readers took from elsewhere than the log. */
const NOT_HELD: ReadonlyMap<string, RegExp> = new Map([
  ["hashed addresses and no dump leave the place open", /^(?:016|018|019|029)-/],
  ["the size of the objects is from the kernel's source", /^(?:013|017|018|020|021|024|046)-/],
]);

/** Where two names stand for one kind. */
const KINDS: readonly (readonly [RegExp, RegExp])[] = [
  [/^list_(add|del) corruption/, /^list_$1/],
  [/slub\.c:(\d+)/, /slub\.c:$1$/],
  [/Objects remaining/, /^Objects remaining/],
  [/Wrong slab cache/, /^Wrong slab cache/],
  [/GPF/, /^general protection fault in /],
  [/page fault in/, /^page fault in /],
  [/paging request in/, /^paging request in /],
  [/NULL dereference in/, /^NULL pointer dereference in /],
];

const logs = publicLogs().filter(({ arch }) => !arch.includes("(SLAB)"));

function isHeld(name: string, fact: RegExp): boolean {
  return ![...NOT_HELD].some(([why, names]) => names.test(name) && fact.test(why));
}

/** The report of a log that the index tells of. */
function reportOf({ log, kind, name }: PublicLog): Report {
  const wanted = kindPattern(kind);
  const { reports } = readingOfText(log);
  const found = reports.find((report) => wanted.test(report.kind));
  expect(found, `${name}: ${kind} among ${reports.map((report) => report.kind)}`).toBeDefined();
  return found!;
}

function kindPattern(kind: string): RegExp {
  for (const [ours, theirs] of KINDS) {
    const match = ours.exec(kind);
    if (match !== null) return new RegExp(theirs.source.replace("$1", match[1] ?? ""));
  }
  const words = /\[?([A-Za-z ]+?)\]?(?: \(|,| \+|$)/.exec(kind)?.[1] ?? kind;
  return new RegExp(`^${words}`);
}

/** The name that the index has of a cache, if a line of the log has it too. */
function namedCache({ cache, log }: PublicLog): string | undefined {
  const [name] = /^[\w.>^+-]+/.exec(cache) ?? [];
  if (name === undefined) return undefined;
  const words = new RegExp(`(?:BUG|slab|cache\\.) ${name.replace(/[\^.+]/g, "\\$&")} `);
  return words.test(Buffer.from(log).toString("latin1")) ? name : undefined;
}

const named = logs.map((log) => [log.name, log] as const);

describe.runIf(logs.length > 0)("a public log", () => {
  it.each(named)("%s has the report of the index, in its kind", (_, log) => {
    expect(reportOf(log)).toBeDefined();
  });

  it.each(named.filter(([, log]) => namedCache(log) !== undefined))(
    "%s names the cache that the index names",
    (_, log) => {
      expect(reportOf(log).cache).toBe(namedCache(log));
    },
  );

  it.each(named.filter(([name, { objectSize }]) => /^\d/.test(objectSize) && isHeld(name, /size/)))(
    "%s has objects of the size that the index says",
    (_, log) => {
      expect(reportOf(log).objectSize).toBe(Number(/^\d+/.exec(log.objectSize)?.[0]));
    },
  );

  it.each(
    named.filter(([name, { damaged }]) => placesOf(damaged).length > 0 && isHeld(name, /place/)),
  )("%s has its damage at the places of the index", (_, log) => {
    const { damage } = reportOf(log);
    for (const [from, to] of placesOf(log.damaged)) {
      const holder = damage.find(
        ({ offset, length }) => offset !== undefined && offset <= from && from < offset + length,
      );
      expect(holder, `${from} in ${JSON.stringify(damage)}`).toBeDefined();
      expect(holder!.offset! + holder!.length, `${from} to ${to}`).toBeGreaterThan(to);
    }
  });

  it.each(named.filter(([, { damaged }]) => bytesOf(damaged) !== undefined))(
    "%s has the damaged bytes of the index",
    (_, log) => {
      expect(reportOf(log).damage.at(0)?.is).toBe(bytesOf(log.damaged));
    },
  );
});

/** `00 00 for cc` and `one byte 6a for 6b`, without spaces. */
function bytesOf(damaged: string): string | undefined {
  const pairs = /(?<=[:,] |byte )((?:[0-9a-f]{2} )*[0-9a-f]{2})(?: for [0-9a-f]{2}|$)/;
  return pairs.exec(damaged)?.[1].replaceAll(" ", "");
}

/** `+2..+3` and `+0x5d0` as first and last byte. */
function placesOf(damaged: string): (readonly [number, number])[] {
  return [...damaged.matchAll(/\+(0x[0-9a-f]+|\d+)(?:\.\.\+(\d+))?/g)].map(([, from, to]) => [
    Number(from),
    Number(to ?? from),
  ]);
}
