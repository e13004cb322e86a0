// The page of a view as a file: the trace, packed, and the script that shows it.
import { deflateSync } from "node:zlib";
import { type Content, fileOf, html } from "../html/html.ts";
import { pageScript } from "./page_script.ts";
import { VIEW_STYLE } from "./page_style.ts";
import type { Trace, TracePage } from "./trace.ts";

/** In the order in which they use each other. */
const SCRIPTS = [
  "dom",
  "words",
  "playback",
  "sheaf_view",
  "slab_view",
  "heap_view",
  "byte_view",
  "pane",
  "op_list",
  "page_main",
];

/** The text of the file; two traces are compared. `again`: how to make the page again. */
export function viewPage(traces: readonly Trace[], again: string): string {
  const title = `${traces[0].source}, step by step`;
  const body = html`<header><h1>${title}</h1></header>
${time()}
<main id="stage">
<ol id="ops" role="listbox" tabindex="0" aria-label="Operations"></ol>
<div>
${legend()}
<noscript><p>This page runs a script to show the heap step by step.</p></noscript>
<div id="panes"></div>
<p><button type="button" id="clear" hidden>Close the bytes (Escape)</button></p>
</div>
</main>
<footer><p>Made by <code>${again}</code></p></footer>
<script type="text/plain" id="data">${packed({ traces })}</script>`;
  return fileOf({ title, body, style: VIEW_STYLE, script: pageScript(SCRIPTS) });
}

function time(): Content {
  return html`<nav id="time" aria-label="Time">
<div>
<button type="button" id="first">|◀ First</button>
<button type="button" id="back">◀ Back</button>
<button type="button" id="play" aria-pressed="false">▶ Play</button>
<button type="button" id="next">Next ▶</button>
<button type="button" id="last">Last ▶|</button>
<input type="range" id="slider" min="0" value="0" aria-label="Operation">
<output id="where"></output>
</div>
<div id="jumps"></div>
</nav>`;
}

function legend(): Content {
  const letters = [
    ["L", "alive"],
    ["F", "free"],
    ["N", "never used"],
    ["D", "damaged"],
    ["≠", "the allocator believes otherwise"],
    ["→", "a free list"],
  ];
  const items = letters.map(([letter, words]) => html`<li><b>${letter}</b> ${words}</li>`);
  return html`<details><summary>Legend and keys</summary>
<ul class="legend">${items}</ul>
<p>← and → step, Home and End go to the ends, p plays. Tab leads to a slab: there the arrow keys
move among its objects, Enter shows the bytes of one, and Escape leads back.</p>
</details>`;
}

/** Only letters, digits, +, / and =. */
function packed(page: TracePage): string {
  return deflateSync(JSON.stringify(page), { level: 9 }).toString("base64");
}
