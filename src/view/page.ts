// The page of a view as a file: the trace, packed, and the script that shows it.
import { deflateSync } from "node:zlib";
import { fileOf } from "../html/document.ts";
import { html } from "../html/html.ts";
import { stageParts, timeBar } from "./page_parts.ts";
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
  "stage",
  "page_main",
];

/** The text of the file; two traces are compared. `again`: how to make the page again. */
export function viewPage(traces: readonly Trace[], again: string): string {
  const title = `${traces[0].source}, step by step`;
  const body = html`<header><h1>${title}</h1></header>
${timeBar()}
<main id="stage">
${stageParts()}
</main>
<footer><p>Made by <code>${again}</code></p></footer>
<script type="text/plain" id="data">${packed({ traces })}</script>`;
  return fileOf({ title, body, style: VIEW_STYLE, script: pageScript(SCRIPTS) });
}

/** Only letters, digits, +, / and =. */
function packed(page: TracePage): string {
  return deflateSync(JSON.stringify(page), { level: 9 }).toString("base64");
}
