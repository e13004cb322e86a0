// The page of a campaign: its findings as a table that sorts, each with a small picture of what was
// damaged, and a link to its view.
import { toneOf } from "../compare/tones.ts";
import { legendOf } from "../html/chart.ts";
import { fileOf } from "../html/document.ts";
import { type Content, type Html, html } from "../html/html.ts";
import {
  compareUrgency,
  type Impact,
  impactRank,
  VERDICTS,
  type Verdict,
} from "../target/verdict.ts";
import { DAMAGE_PARTS, DAMAGE_STYLE, type DamagePicture } from "./damage_picture.ts";
import { pageScript } from "./page_script.ts";

export interface IndexRow {
  readonly signature: string;
  readonly verdict: string;
  /** Bug class of the example. */
  readonly class: string;
  readonly impact: string;
  /** Cases that showed it, and operations of the example. */
  readonly count: number;
  readonly operations: number;
  /** Where its view is, from the index; undefined where there is none. */
  readonly view: string | undefined;
  /** What was damaged first; without it `says` tells why there is none. */
  readonly picture: DamagePicture | undefined;
  readonly says: string;
}

interface IndexPage {
  /** What was run, and where. */
  readonly lead: string;
  /** Those that matter most come first. */
  readonly rows: readonly IndexRow[];
  /** The command line that makes it again. */
  readonly again: string;
}

export function indexPage({ lead, rows, again }: IndexPage): string {
  const count = rows.length === 1 ? "1 finding" : `${rows.length} findings`;
  const title = `Campaign: ${count}`;
  const body = html`<header><h1>${title}</h1><p>${lead}</p></header>
<main>
${legend()}
${tableOf(rows)}
</main>
<footer><p>Made by <code>${again}</code></p></footer>`;
  return fileOf({ title, body, style: INDEX_STYLE, script: pageScript(["index_main"]) });
}

function legend(): Content {
  return html`<details><summary>What the pictures show</summary>
<p>The objects that the first damage hit, to scale, left to right as they lie in memory.</p>
${legendOf(DAMAGE_PARTS)}</details>`;
}

/** Columns that sort, each by a number or a text of its cells. */
const COLUMNS = ["finding", "verdict", "impact", "cases", "operations"];

function tableOf(rows: readonly IndexRow[]): Html {
  const heads = COLUMNS.map((name) => html`<th scope="col" data-sorts="yes">${name}</th>`);
  return html`<div class="scroll" role="region" aria-label="Findings" tabindex="0">
<table id="findings">
<caption>Findings; those that matter most come first</caption>
<thead><tr>${heads}<th scope="col">what was damaged first</th></tr></thead>
<tbody>
${rows.map(rowOf)}</tbody>
</table>
</div>`;
}

function rowOf(row: IndexRow): Html {
  const { verdict, impact, count, operations, signature, picture, says } = row;
  const name = row.view === undefined ? row.class : html`<a href="${row.view}">${row.class}</a>`;
  const damage = html`${picture?.image}<small>${picture?.words ?? says}</small>`;
  return html`<tr>
<th scope="row" data-key="${row.class}">${name}<small>${signature}</small></th>
<td class="tone ${toneOf(verdict)}" data-key="${urgencyRank(verdict)}">${verdict}</td>
<td data-key="${-impactRank(impact as Impact)}">${impact}</td>
<td class="number" data-key="${-count}">${count}</td>
<td class="number" data-key="${operations}">${operations}</td>
<td>${damage}</td>
</tr>
`;
}

/** What needs attention has a low rank. */
function urgencyRank(verdict: string): number {
  const inTurn = [...VERDICTS].sort(compareUrgency);
  return inTurn.indexOf(verdict as Verdict);
}

const INDEX_STYLE = `
${DAMAGE_STYLE}
body { max-width: 90rem; }
th[scope="row"] { min-width: 14rem; white-space: normal; }
th small { display: block; font-weight: 400; color: var(--soft); overflow-wrap: anywhere; }
th button { font: inherit; color: inherit; background: none; border: 0; padding: 0;
  cursor: pointer; text-decoration: underline dotted; }
th button:focus-visible { outline: 3px solid var(--link); }
th[aria-sort="ascending"] button::after { content: " \\25b2"; }
th[aria-sort="descending"] button::after { content: " \\25bc"; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
svg.damage { width: 16rem; max-width: 100%; height: auto; display: block; }
@media print { details { display: none; } }
`;
