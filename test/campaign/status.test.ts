import { describe, expect, it } from "vitest";
import { agoText, clockText, countText } from "../../src/campaign/quantity_text.ts";
import { type Status, statusLines } from "../../src/campaign/status.ts";
import { parseSignature } from "../../src/target/signature.ts";

const STATUS: Status = {
  title: "slub v6.1 up slub_debug=FZP, seed 7",
  seconds: 751,
  cases: 28_112_500,
  secondsLeft: 2849,
  rateNow: 38_211,
  workers: 2,
  replaced: 0,
  heldBytes: 61 * 2 ** 20,
  newestSeconds: 242,
  alarms: 0,
  estimate: {
    cases: 28_112_500,
    signatures: 183,
    seenOnce: 12,
    seenTwice: 9,
    unseenRate: 4.3e-7,
    unseenLow: 1e-7,
    unseenHigh: 9e-7,
    silentRateMax: 1.07e-7,
  },
  verdicts: { blind: 2_000_000, detected: 26_000_000, oops: 112_500 },
  findings: [
    {
      signature: parseSignature("double-free|free-list|free-list|Object already free at free"),
      count: 12_345,
    },
    {
      signature: parseSignature("double-free|free-list|x|Object already free (late) at validate"),
      count: 5,
    },
    { signature: parseSignature("write-after-free|payload|-|blind: none"), count: 99_999 },
  ],
  written: undefined,
  isStopping: false,
};

function screen(change: Partial<Status> = {}, columns = 80): string {
  return statusLines({ ...STATUS, ...change }, columns).join("\n");
}

describe("the status screen", () => {
  it("answers the questions of its reader", () => {
    expect(screen().split("\n")).toEqual([
      "┌ how long? ───────────────────────────┬ how fast? ───────────────────────────┐",
      "│ run time     0:12:31                 │ now          38 211 cases/s          │",
      "│ cases        28 112 500              │ mean         37 433 cases/s          │",
      "│ left         0:47:29                 │ workers      2, 61 MiB each          │",
      "├ anything new? ───────────────────────┼ may I stop? ─────────────────────────┤",
      "│ signatures   183 (12 once, 9 twice)  │ the answer   no                      │",
      "│ last new     4 min 2 s ago           │ next new     in ~1 min 0 s (4.3e-7)  │",
      "│ alarms       none                    │ the unseen   under 1 in 9 345 794    │",
      "├ what became of the cases? ───────────┼ which checks spoke? ─────────────────┤",
      "│ detected        26 000 000  92.5 %   │    12 350  Object already free       │",
      "│ blind            2 000 000   7.1 %   │                                      │",
      "│ oops               112 500   0.4 %   │                                      │",
      "├ most frequent signatures ────────────┴──────────────────────────────────────┤",
      "│    99 999  write-after-free|payload|-|blind: none                           │",
      "│    12 345  double-free|free-list|free-list|Object already free at free      │",
      "│         5  double-free|free-list|x|Object already free (late) at validate   │",
      "└─ slub v6.1 up slub_debug=FZP, seed 7 ────────────── ^C ends with a summary ─┘",
    ]);
  });

  it.each([60, 80, 81, 100, 200])(
    "fits a terminal of %i columns, with all lines of equal width",
    (columns) => {
      const long = { signature: parseSignature("x".repeat(300)), count: 1e9 };
      for (const written of [undefined, 3]) {
        const lines = screen({ title: "t".repeat(300), findings: [long], written }, columns).split(
          "\n",
        );
        const widths = new Set(lines.map((line) => line.length));
        expect(widths.size).toBe(1);
        expect(Math.max(...widths)).toBeLessThan(columns);
      }
    },
  );

  it("fits 24 rows with all its optional lines", () => {
    const verdicts = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`v${i}`, i + 1]));
    const findings = Array.from({ length: 20 }, (_, i) => ({
      signature: parseSignature(`a|b|c|w${i}`),
      count: 1,
    }));
    expect(screen({ verdicts, findings }).split("\n").length).toBeLessThan(24);
  });

  it("tells when a user may stop", () => {
    const answer = (unseenRate: number, seconds: number): string | undefined => {
      const estimate = { ...STATUS.estimate, unseenRate };
      return /the answer +(.*?) *│/.exec(screen({ estimate, seconds, rateNow: 1000 }, 100))?.[1];
    };
    expect(answer(1e-4, 60)).toBe("no");
    expect(answer(1e-5, 60)).toBe("perhaps");
    expect(answer(1e-6, 60)).toBe("yes");
    expect(answer(0, 60)).toBe("yes");
  });

  it("shows alarms in red, and no other text", () => {
    const paint = { dim: (t: string) => t, bold: (t: string) => t, red: (t: string) => `<${t}>` };
    const red = (alarms: number) =>
      statusLines({ ...STATUS, alarms }, 80, paint).filter((l) => l.includes("<"));
    expect(red(0)).toEqual([]);
    expect(red(3)).toHaveLength(1);
    expect(red(3)[0]).toContain("alarms       3 cases");
  });

  it("tells what it is doing in the end", () => {
    expect(screen({ isStopping: true })).toContain("^C again leaves at once");
    expect(screen({ written: 2 })).toContain("writing up finding 2 of 3");
  });

  it("has text before the first case", () => {
    const nothing = {
      ...STATUS.estimate,
      cases: 0,
      signatures: 0,
      unseenRate: 1,
      silentRateMax: 1,
    };
    const text = screen({
      seconds: 0,
      cases: 0,
      rateNow: 0,
      secondsLeft: undefined,
      newestSeconds: undefined,
      verdicts: {},
      findings: [],
      estimate: nothing,
    });
    expect(text).toContain("the answer   no");
    expect(text).not.toMatch(/NaN|Infinity|undefined/);
  });
});

it("a quantity is printed in units that people read", () => {
  expect([0, 999, 1000, 1_234_567].map(countText)).toEqual(["0", "999", "1 000", "1 234 567"]);
  expect([0, 59.9, 3661].map(clockText)).toEqual(["0:00:00", "0:00:59", "1:01:01"]);
  const ago = [0, 5, 65, 3700, 200_000].map(agoText);
  expect(ago).toEqual(["1 s", "5 s", "1 min 5 s", "1 h 1 min", "2 days"]);
});
