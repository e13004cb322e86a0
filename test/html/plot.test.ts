// Plots with lines: they can be told apart without colour, and their names lie on nothing.
import { expect, it } from "vitest";
import { plotOf } from "../../src/html/plot.ts";

const NAMES = ["-", "F", "Z", "P", "U", "FZ", "FP", "ZP", "FZPU"];

/** Nine lines that end close to each other. */
const lines = NAMES.map((name, i) => ({
  name,
  points: [16, 64, 256].map((x) => {
    const y = 20 + i / 4;
    return { x, y, label: name, tone: "masked", spread: [y - 3, y + 5] as const };
  }),
}));

const drawing = plotOf({
  ...{ title: "Time", across: "objects", up: "ns", lines },
  isLogarithmic: true,
  isJoined: true,
}).text;

it("nine lines of a plot differ in colour or dash, and each name has those of its line", () => {
  const styles = [...drawing.matchAll(/<g class="(hue\d dash\d)"><path class="spread"/g)];
  const named = [...drawing.matchAll(/<g class="(hue\d dash\d)"><path class="lead"/g)];
  expect(styles.length).toBe(NAMES.length);
  expect(new Set(styles.map(([, style]) => style)).size).toBe(NAMES.length);
  expect(named.map(([, style]) => style).sort()).toEqual(styles.map(([, style]) => style).sort());
});

it("the names of lines are a line apart, and stand where no line goes", () => {
  const names = [...drawing.matchAll(/\n<text x="(\d+)" y="(\d+)">/g)].map(([, x, y]) => [+x, +y]);
  expect(names.length).toBe(NAMES.length);
  const tops = names.map(([, y]) => y).sort((a, b) => a - b);
  for (const [i, top] of tops.slice(1).entries()) expect(top - tops[i]).toBeGreaterThanOrEqual(16);
  const right = Math.max(...[...drawing.matchAll(/cx="(\d+)"/g)].map(([, x]) => Number(x)));
  for (const [x] of names) expect(x).toBeGreaterThan(right + 8);
});

it("each point shows between which values it lay", () => {
  const bars = [...drawing.matchAll(/class="spread" d="M\d+ (\d+)V(\d+)/g)];
  expect(bars.length).toBe(NAMES.length * 3);
  for (const [, low, high] of bars) expect(Number(low)).toBeGreaterThan(Number(high));
});

it("a point whose x was measured several times shows between which values it lay", () => {
  const point = { x: 40, y: 50, label: "FZ", tone: "good", spreadAcross: [30, 80] } as const;
  const lines = [{ name: "FZ", points: [point] }];
  const { text } = plotOf({ title: "t", across: "ns", up: "%", lines });
  const [, left, at, right] = /class="spread" d="M(\d+) (\d+)H(\d+)/.exec(text)!;
  const [, x, y] = /cx="(\d+)" cy="(\d+)"/.exec(text)!;
  expect(at).toBe(y);
  // From 40, it is 10 to the left and 40 to the right.
  const unit = (Number(right) - Number(left)) / 50;
  expect(Number(x) - Number(left)).toBeCloseTo(10 * unit, -1);
  const { text: without } = plotOf({
    ...{ title: "t", across: "ns", up: "%" },
    lines: [{ name: "FZ", points: [{ ...point, spreadAcross: undefined }] }],
  });
  expect(without).not.toContain('class="spread"');
});
