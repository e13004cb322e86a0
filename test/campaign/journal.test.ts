import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Prng } from "../../src/base/prng.ts";
import { UserError } from "../../src/base/user_error.ts";
import { Journal, journalPath, readJournal } from "../../src/campaign/journal.ts";
import type { JournalHeader } from "../../src/campaign/journal_text.ts";
import { headerLine, journalText, parseJournal } from "../../src/campaign/journal_text.ts";
import { type Part, PartSum } from "../../src/campaign/part.ts";
import { parseSignature } from "../../src/target/signature.ts";
import { damagedCopies } from "../helper/damage.ts";

const HEADER: JournalHeader = {
  campaign: "sf1:...",
  driver: "01234567",
  cases: 1000,
  shard: "1/1",
  timeMs: null,
  isMerged: false,
};

/** Ten cases from that number on, one of them a finding. */
function partAt(first: number): Part {
  return {
    ranges: [[first, first + 10]],
    timeMs: 5,
    tally: {
      cases: 10,
      operations: 100,
      digestHigh: 1,
      digestLow: first,
      verdicts: { "off-by-one": { detected: 1 }, none: { ok: 9 } },
      findings: [
        {
          signature: parseSignature("s"),
          verdict: "detected",
          class: "off-by-one",
          impact: "damage",
          count: 1,
          caseNumber: first,
          opCount: 30,
        },
      ],
    },
  };
}

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slabfuzz-journal-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function sumIn(path: string): Part {
  return new PartSum(readJournal(path).parts).part;
}

function lineCount(): number {
  return readFileSync(journalPath(folder), "utf8").split("\n").length - 1;
}

describe("a journal", () => {
  it("remembers its campaign and all added results", () => {
    const journal = Journal.begin(folder, HEADER);
    for (let i = 0; i < 5; i++) {
      journal.add(partAt(10 * i));
      journal.flush();
    }
    expect(readJournal(folder).header).toEqual(HEADER);
    const { ranges, timeMs, tally } = sumIn(folder);
    expect([ranges, timeMs, tally.cases, tally.digestLow]).toEqual([[[0, 50]], 25, 50, 100]);
    expect(tally.findings[0]).toMatchObject({ count: 5, caseNumber: 0 });
  });

  it("only grows while it is open, and is two lines when it is closed", () => {
    const journal = Journal.begin(folder, HEADER);
    let before = readFileSync(journalPath(folder), "utf8");
    for (let i = 0; i < 4; i++) {
      journal.add(partAt(10 * i));
      journal.flush();
      const now = readFileSync(journalPath(folder), "utf8");
      expect(now.startsWith(before)).toBe(true);
      before = now;
    }
    expect(lineCount()).toBe(5);
    const kept = sumIn(folder);
    journal.close();
    expect([lineCount(), sumIn(folder)]).toEqual([2, kept]);
  });

  it("stays small however much is added", () => {
    const limit = 4000;
    const journal = Journal.begin(folder, HEADER, [], limit);
    for (let i = 0; i < 200; i++) {
      journal.add(partAt(10 * i));
      journal.flush();
      expect(statSync(journalPath(folder)).size).toBeLessThan(2 * limit);
    }
    expect(sumIn(folder).tally.cases).toBe(2000);
  });

  it("continues what another journal holds", () => {
    const first = Journal.begin(folder, HEADER);
    first.add(partAt(0));
    first.close();
    const second = Journal.begin(folder, HEADER, readJournal(folder).parts);
    second.add(partAt(10));
    second.close();
    expect(sumIn(folder).ranges).toEqual([[0, 20]]);
  });

  it("tells that another process writes to it, and loses no line", () => {
    const one = Journal.begin(folder, HEADER);
    Journal.begin(folder, HEADER);
    one.add(partAt(0));
    expect(() => one.flush()).toThrow(`${journalPath(folder)}: others write to it, too`);
  });
});

describe("a journal that was cut short", () => {
  const lines = (): string => {
    const journal = Journal.begin(folder, HEADER);
    for (const first of [0, 10]) {
      journal.add(partAt(first));
      journal.flush();
    }
    return readFileSync(journalPath(folder), "utf8");
  };

  it("anywhere in its last line holds what its other lines hold", () => {
    const whole = lines();
    const lastLine = whole.lastIndexOf("\n", whole.length - 2) + 1;
    for (let end = lastLine; end < whole.length; end++) {
      const { parts } = parseJournal(whole.slice(0, end), "j");
      expect(parts).toHaveLength(1);
    }
    expect(parseJournal(whole, "j").parts).toHaveLength(2);
  });

  it("is mended when it is continued", () => {
    lines();
    appendFileSync(journalPath(folder), '01234567 {"ranges":[[20,3');
    const { parts } = readJournal(folder);
    Journal.begin(folder, HEADER, parts).close();
    expect(sumIn(folder).ranges).toEqual([[0, 20]]);
  });
});

/** The content of a journal, or the reason why it is refused. */
function partsIn(text: string): readonly Part[] | string {
  try {
    return parseJournal(text, "j").parts;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

describe("a journal", () => {
  const PART = `${headerLine(HEADER)}`;

  it("is refused when a line within it is damaged", () => {
    const journal = Journal.begin(folder, HEADER);
    for (const first of [0, 10, 20]) {
      journal.add(partAt(first));
      journal.flush();
    }
    const text = readFileSync(journalPath(folder), "utf8");
    writeFileSync(journalPath(folder), text.replace("[[10,20]]", "[[10,21]]"));
    expect(() => readJournal(folder)).toThrow(`${journalPath(folder)}: line 3 is damaged`);
  });

  it("is refused when it is no journal", () => {
    expect(() => readJournal(folder)).toThrow(`${folder}: holds no campaign (no campaign.journal)`);
    expect(() => parseJournal("hello\n", "j")).toThrow("j: line 1 is damaged");
    expect(() => parseJournal("", "j")).toThrow("j: is empty");
  });

  it("is refused when a case is counted twice, in whichever line", () => {
    const lines = (...parts: Part[]) => journalText({ header: HEADER, parts });
    const other = { ...partAt(5), ranges: [[5, 15]] as const };
    expect(() => parseJournal(lines(partAt(0), partAt(10), partAt(0)), "j")).toThrow(
      "j: line 4: counts case 0 again: remove that line",
    );
    expect(() => parseJournal(lines(partAt(0), other), "j")).toThrow("j: line 3: counts case 5");
    const inside: Part = { ...partAt(0), ranges: [...[[0, 6] as const], [4, 8]] };
    expect(() => parseJournal(lines(inside), "j")).toThrow("j: line 2: counts a case twice");
    expect(parseJournal(lines(partAt(10), partAt(0)), "j").parts).toHaveLength(2);
  });

  const { tally } = partAt(0);
  const [finding] = tally.findings;
  it.each([
    ["more cases than its ranges", { ...tally, cases: 11 }, "counts 11 cases, and its ranges"],
    ["too few verdicts", { ...tally, verdicts: { none: { ok: 8 } } }, "has 8 verdicts on 10 cases"],
    [
      "too many findings",
      { ...tally, findings: [{ ...finding, count: 2 }] },
      "has findings of 2 cases, and 9 of 10 without one",
    ],
    [
      "a finding of a case outside of its ranges",
      { ...tally, findings: [{ ...finding, caseNumber: 10 }] },
      "has a finding of case 10, which is not among its cases",
    ],
    [
      "a finding whose verdict is not among those that it counts",
      { ...tally, findings: [{ ...finding, verdict: "invariant" }] },
      `has a finding ${finding.class}, invariant, that it does not count`,
    ],
    [
      "a signature that is no line",
      { ...tally, findings: [{ ...finding, signature: parseSignature("a\n# target: b") }] },
      "tally.findings[0].signature: must be one line of visible text",
    ],
    [
      "a class that there is not",
      { ...tally, verdicts: { nonsense: { ok: 10 } } },
      "tally.verdicts",
    ],
    [
      "a verdict that there is not",
      { ...tally, verdicts: { none: { good: 10 } } },
      "tally.verdicts",
    ],
    ["an endless number", { ...tally, operations: 1e300 }, "tally.operations: must be a whole"],
    ["half a digest too large", { ...tally, digestLow: 2 ** 32 }, "tally.digestLow: must be"],
  ])("is refused with %s", (_, forged, message) => {
    const text = journalText({ header: HEADER, parts: [{ ...partAt(0), tally: forged as never }] });
    expect(() => parseJournal(text, "j")).toThrow(`j: line 2: ${message}`);
  });

  it.each([
    [{ cases: 0 }, "cases: must be 1 or more"],
    [{ cases: 2 ** 32 + 1 }, "cases: must be a whole number from 0 to 4294967296"],
    [{ cases: 1.5 }, "cases: must be a whole number"],
    [{ shard: "9/3" }, '"9/3" is no shard'],
    [{ shard: "first" }, "shard: must be such as 1/4"],
    [{ driver: "?" }, "driver: must be eight digits"],
    [{ timeMs: -1 }, "ms: must not be negative"],
    [{ shard: "2/2" }, "has cases that are not in shard 2/2"],
  ])("is refused with a header that holds %j", (forged, message) => {
    const header = { ...HEADER, ...forged };
    expect(() => parseJournal(journalText({ header, parts: [partAt(0)] }), "j")).toThrow(message);
  });

  it("is refused or tells what was put into it, wherever it is damaged", () => {
    const parts = [0, 10, 20, 30].map(partAt);
    const whole = Buffer.from(journalText({ header: HEADER, parts }));
    const prng = new Prng({ high: 0, low: 3 });
    for (const { name, bytes } of damagedCopies(whole, 480, prng)) {
      const found = partsIn(bytes.toString());
      if (typeof found === "string") expect(found, name).toMatch(/^j: [^\n]+$/);
      else for (const part of found) expect(parts, name).toContainEqual(part);
    }
  });

  it("is refused when its lines contradict each other, though their checksums are right", () => {
    expect(() => parseJournal(PART + PART, "j")).toThrow(UserError);
    expect(() => parseJournal(PART.replace("journal", "diary"), "j")).toThrow(UserError);
  });
});
