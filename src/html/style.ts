// How pages look, in light and dark. Tones are the colours that cells and bars share; each goes
// with a word, so no meaning hangs on a colour alone.

/** Tones by what they mean, best first. */
const TONES = ["good", "fair", "odd", "masked", "bad", "warm", "unseen", "dead", "void"] as const;

export type Tone = (typeof TONES)[number];

const LIGHT = `
--page: #ffffff; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --wash: #f6f8fa;
--link: #0550ae;
--good: #2da44e; --fair: #8bc34a; --odd: #8250df; --masked: #0c8599; --bad: #cf222e;
--warm: #fb8f44;
--unseen: #8c959f; --dead: #24292f; --void: #d0d7de;`;

const DARK = `
--page: #0d1117; --ink: #e6edf3; --soft: #9ea7b3; --line: #3d444d; --wash: #161b22;
--link: #79c0ff;
--good: #3fb950; --fair: #9bd35a; --odd: #a371f7; --masked: #39c5cf; --bad: #f85149;
--warm: #db6d28;
--unseen: #6e7681; --dead: #f0f6fc; --void: #30363d;`;

/** Hues that people with any kind of colour vision tell apart, dark enough for a white page. */
const HUES_LIGHT = ["#0072b2", "#b34700", "#00735c", "#a0428a", "#5c5c00"];
const HUES_DARK = ["#56b4e9", "#ff9d5c", "#2fc7a2", "#e793cf", "#d6d05a"];
const DASHES = ["none", "8 4", "2 4"];

export const LINE_HUES = HUES_LIGHT.length;
export const LINE_DASHES = DASHES.length;

function hueValues(hues: readonly string[]): string {
  return hues.map((hue, i) => `--hue${i}: ${hue};`).join(" ");
}

function lineRules(): string {
  const hues = HUES_LIGHT.map((_, i) => {
    return `.plot .hue${i} { stroke: var(--hue${i}); fill: var(--hue${i}); }`;
  });
  const dashes = DASHES.map((dash, i) => `.plot .dash${i} .joined { stroke-dasharray: ${dash}; }`);
  return [...hues, ...dashes].join("\n");
}

function toneRules(): string {
  return TONES.map(
    (tone) =>
      `svg .${tone} { fill: var(--${tone}); }\n` +
      `td.${tone} { box-shadow: inset 4px 0 var(--${tone}); }`,
  ).join("\n");
}

/** The colours alone, for a picture that is a file of its own. */
export const COLOURS = `
:root { color-scheme: light dark; ${LIGHT} ${hueValues(HUES_LIGHT)} }
@media (prefers-color-scheme: dark) { :root { ${DARK} ${hueValues(HUES_DARK)} } }
`;

export const STYLE = `${COLOURS}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 72rem; background: var(--page); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0.5rem 0; }
h2 { font-size: 1.25rem; margin: 2rem 0 0.5rem; }
a { color: var(--link); }
nav ul, .legend, .rows { list-style: none; padding: 0; margin: 0.5rem 0; }
nav ul, .legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; }
code, pre, th[scope="row"], .label { font-family: ui-monospace, monospace; font-size: 0.875rem; }
pre { background: var(--wash); border: 1px solid var(--line); padding: 0.75rem; overflow-x: auto; }
.scroll { overflow-x: auto; border: 1px solid var(--line); margin: 0.75rem 0; }
.scroll:focus-visible, a:focus-visible, summary:focus-visible { outline: 3px solid var(--link); }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; padding: 0.5rem; color: var(--soft); }
th, td { padding: 0.35rem 0.6rem; border-top: 1px solid var(--line); text-align: left;
  vertical-align: top; }
thead th { background: var(--wash); white-space: nowrap; }
th[scope="row"] { white-space: nowrap; font-weight: 600; }
.numbers td, .numbers thead th:not(:first-child) { text-align: right;
  font-variant-numeric: tabular-nums; }
.numbers td { white-space: nowrap; }
.words td { min-width: 11rem; }
td small { display: block; color: var(--soft); }
figure.chart { margin: 1rem 0; }
figcaption { font-weight: 600; }
.legend li { display: flex; align-items: center; gap: 0.4rem; font-size: 0.875rem; }
.legend svg { width: 0.9rem; height: 0.9rem; }
.rows li { display: grid; grid-template-columns: 9rem 1fr minmax(0, 9rem); gap: 0.6rem;
  align-items: center; }
.rows svg { width: 100%; height: 1.35rem; background: var(--wash); overflow: visible; }
.rows .note { color: var(--soft); font-size: 0.875rem; }
svg .square, svg .diamond { transform-box: fill-box; transform-origin: center; }
svg .square { transform: translate(-5px, -5px); }
svg .diamond { transform: translate(-5px, -5px) rotate(45deg); }
.rows .axis svg { background: none; }
.rows .axis text { fill: var(--soft); font-size: 0.8rem; }
.rows .tick { stroke: var(--line); }
figure.plot { margin: 1rem 0; }
.plot svg { width: 100%; max-width: 48rem; height: auto; display: block; }
.plot text { fill: var(--ink); font-size: 15px; }
.plot .grid { stroke: var(--line); }
.plot .joined { fill: none; stroke-width: 2; }
.plot .spread { fill: none; stroke-width: 1.5; }
.plot > svg > .spread { stroke: var(--soft); }
.plot .lead { fill: none; stroke-width: 1; opacity: 0.6; }
.plot g text { stroke: none; }
.plot g circle { fill: inherit; }
svg .axis { stroke: var(--soft); stroke-width: 1.5; }
footer { margin-top: 2rem; border-top: 1px solid var(--line); color: var(--soft);
  font-size: 0.875rem; }
@media print {
  :root { ${LIGHT} ${hueValues(HUES_LIGHT)} }
  body { max-width: none; padding: 0; font-size: 0.85rem; }
  nav { display: none; }
  .scroll { overflow: visible; border: 0; }
  thead th, .words td { white-space: normal; min-width: 0; }
  pre { white-space: pre-wrap; }
  tr, figure li { break-inside: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
@media (max-width: 40rem) {
  .rows li { grid-template-columns: 6rem 1fr; }
  .rows .note { grid-column: 1 / -1; margin-bottom: 0.35rem; }
}
${toneRules()}
${lineRules()}
`;
