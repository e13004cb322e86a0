// HTML as values: a text in a page is shown, and never becomes markup.
import { describe, expect, it } from "vitest";
import { barChartOf, timeChartOf } from "../../src/html/chart.ts";
import { documentOf } from "../../src/html/document.ts";
import { html } from "../../src/html/html.ts";
import { tableOf } from "../../src/html/table.ts";

const HOSTILE = `</style></pre><script>alert("x")</script><img src=x onerror='y'> & \u0000`;

describe("a template", () => {
  it("escapes text, in elements and in attributes", () => {
    expect(html`<b title="${`a"b`}">${"1 < 2 & 'x'"}</b>`.text).toBe(
      '<b title="a&quot;b">1 &lt; 2 &amp; &#39;x&#39;</b>',
    );
  });

  it("takes HTML as it is, lists in order, and prints no text for undefined", () => {
    const items = ["a", "<"].map((item) => html`<li>${item}</li>`);
    expect(html`<ul>${items}${undefined}</ul>${7}`.text).toBe("<ul><li>a</li><li>&lt;</li></ul>7");
  });

  it("replaces control characters, and keeps line ends and tabs", () => {
    expect(html`${"a\u0000b\u001b[1m\tc\n"}`.text).toBe("a\ufffdb\ufffd[1m\tc\n");
  });
});

describe("a page", () => {
  const page = documentOf({
    title: HOSTILE,
    lead: HOSTILE,
    sections: [
      {
        id: "a",
        title: HOSTILE,
        body: [
          tableOf({
            caption: HOSTILE,
            columns: [HOSTILE, "b"],
            rows: [{ head: HOSTILE, cells: [{ content: HOSTILE, tone: "good" }] }],
          }),
          barChartOf({
            title: HOSTILE,
            series: [{ name: HOSTILE, tone: "good" }],
            rows: [{ label: HOSTILE, values: [1], note: HOSTILE }],
            full: 1,
            unit: HOSTILE,
          }),
          timeChartOf({
            title: HOSTILE,
            series: [],
            rows: [
              {
                label: HOSTILE,
                marks: [{ at: 1, tone: "bad", shape: "circle", says: HOSTILE }],
                length: 2,
              },
            ],
            full: 2,
            axis: HOSTILE,
          }),
        ],
      },
    ],
    footer: HOSTILE,
  });

  it("shows hostile text and does not execute it", () => {
    expect(page).not.toMatch(/<(script|img)/);
    expect(page.match(/&lt;script&gt;/g)?.length).toBeGreaterThan(10);
    expect(page).not.toContain("\u0000");
  });

  it("names no resource to fetch, and also forbids fetching", () => {
    expect(page).not.toMatch(/(src|href)="(?!#)|url\(|@import|https?:/);
    expect(page).toContain("default-src &#39;none&#39;");
  });

  it("has a head for every column and row", () => {
    expect(page.match(/<th scope="col">/g)).toHaveLength(2);
    expect(page.match(/<th scope="row">/g)).toHaveLength(1);
    expect(page).toMatch(/role="region" aria-label="[^"]+" tabindex="0"/);
  });
});

describe("a chart", () => {
  it.each([
    [14, [0, 5, 10]],
    [3, [0, 1, 2, 3]],
    [9584, [0, 2000, 4000, 6000, 8000]],
    [0, [0]],
  ])("has an axis with round numbers, to scale, up to %d", (full, ticks) => {
    const marks = [{ at: 0, tone: "bad", shape: "circle", says: "x" }] as const;
    const rows = [{ label: "r", marks, length: full }];
    const { text } = timeChartOf({ title: "t", series: [], rows, full, axis: "operation" });
    const found = [...text.matchAll(/<text x="([\d.]+)%"[^>]*>(\d+)<\/text>/g)];
    expect(found.map(([, , tick]) => Number(tick))).toEqual(ticks);
    for (const [, x, tick] of found) {
      expect(Number(x)).toBeCloseTo(1 + (98 * Number(tick)) / Math.max(full, 1), 1);
    }
  });

  it("stacks the parts of a bar, each as wide as its share", () => {
    const chart = barChartOf({
      title: "t",
      series: [
        { name: "one", tone: "good" },
        { name: "two", tone: "bad" },
      ],
      rows: [{ label: "row", values: [1, 3] }],
      full: 8,
      unit: " B",
    }).text;
    expect(chart).toContain('class="good" x="0%" y="10%" width="12.5%"');
    expect(chart).toContain('class="bad" x="12.5%" y="10%" width="37.5%"');
    expect(chart).toContain('aria-label="row: one 1 B, two 3 B"');
  });

  it("leaves out parts that no row has", () => {
    const series = [{ name: "never", tone: "bad" }];
    const rows = [{ label: "row", values: [0] }];
    const chart = barChartOf({ title: "t", series, rows, full: 1, unit: "" }).text;
    expect(chart).not.toContain("never");
    expect(chart).toContain('aria-label="row: nothing"');
  });
});
