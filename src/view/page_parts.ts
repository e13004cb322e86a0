// The parts of a page that shows runs, which the stage of its script fills.
import { type Html, html } from "../html/html.ts";

/** The operations, and the heap beside them. */
export function stageParts(): Html {
  return html`<ol id="ops" role="listbox" tabindex="0" aria-label="Operations"></ol>
<div>
${legend()}
<noscript><p>This page runs a script to show the heap step by step.</p></noscript>
<div id="panes"></div>
<p><button type="button" id="clear" hidden>Close the bytes (Escape)</button></p>
</div>`;
}

/** Buttons that go through time. */
export function timeBar(): Html {
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

/** What stands on the objects of a slab. */
export const CELL_LETTERS = [
  ["L", "alive"],
  ["F", "free"],
  ["N", "never used"],
  ["D", "damaged"],
  ["≠", "the allocator believes otherwise"],
  ["→", "a free list"],
] as const;

function legend(): Html {
  const items = CELL_LETTERS.map(([letter, words]) => html`<li><b>${letter}</b> ${words}</li>`);
  return html`<details><summary>Legend and keys</summary>
<ul class="legend">${items}</ul>
<p>← and → step, Home and End go to the ends, p plays. Tab leads to a slab: there the arrow keys
move among its objects, Enter shows the bytes of one, and Escape leads back.</p>
</details>`;
}
