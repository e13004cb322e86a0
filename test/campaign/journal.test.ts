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
import { UserError } from "../../src/base/user_error.ts";
import { Journal, journalPath, readJournal } from "../../src/campaign/journal.ts";
import { headerLine, type JournalHeader, parseJournal } from "../../src/campaign/journal_text.ts";
import { type Part, PartSum } from "../../src/campaign/part.ts";

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
          signature: "s",
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
  it("remembers its campaign and everything that was added", () => {
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

  it("only grows while it is kept, and is two lines when it is closed", () => {
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

  it("goes on from what another one says", () => {
    const first = Journal.begin(folder, HEADER);
    first.add(partAt(0));
    first.close();
    const second = Journal.begin(folder, HEADER, readJournal(folder).parts);
    second.add(partAt(10));
    second.close();
    expect(sumIn(folder).ranges).toEqual([[0, 20]]);
  });

  it("that somebody else writes to, too, says so instead of losing anything", () => {
    const one = Journal.begin(folder, HEADER);
    Journal.begin(folder, HEADER);
    one.add(partAt(0));
    expect(() => one.flush()).toThrow(`${journalPath(folder)}: somebody else writes to it, too`);
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

  it("anywhere in its last line says what the lines before it say", () => {
    const whole = lines();
    const lastLine = whole.lastIndexOf("\n", whole.length - 2) + 1;
    for (let end = lastLine; end < whole.length; end++) {
      const { parts } = parseJournal(whole.slice(0, end), "j");
      expect(parts).toHaveLength(1);
    }
    expect(parseJournal(whole, "j").parts).toHaveLength(2);
  });

  it("is mended when it is gone on with", () => {
    lines();
    appendFileSync(journalPath(folder), '01234567 {"ranges":[[20,3');
    const { parts } = readJournal(folder);
    Journal.begin(folder, HEADER, parts).close();
    expect(sumIn(folder).ranges).toEqual([[0, 20]]);
  });
});

describe("a journal is refused", () => {
  const PART = `${headerLine(HEADER)}`;

  it("when a line within it is damaged", () => {
    const journal = Journal.begin(folder, HEADER);
    for (const first of [0, 10, 20]) {
      journal.add(partAt(first));
      journal.flush();
    }
    const text = readFileSync(journalPath(folder), "utf8");
    writeFileSync(journalPath(folder), text.replace("[[10,20]]", "[[10,21]]"));
    expect(() => readJournal(folder)).toThrow(`${journalPath(folder)}: line 3 is damaged`);
  });

  it("when it is none", () => {
    expect(() => readJournal(folder)).toThrow(`${folder}: holds no campaign (no campaign.journal)`);
    expect(() => parseJournal("hello\n", "j")).toThrow("j: line 1 is damaged");
    expect(() => parseJournal("", "j")).toThrow("j: is empty");
  });

  it("when its lines are not what they should be, though their checks are right", () => {
    expect(() => parseJournal(PART + PART, "j")).toThrow(UserError);
    expect(() => parseJournal(PART.replace("journal", "diary"), "j")).toThrow(UserError);
  });
});
