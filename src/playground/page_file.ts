// The playground as one file: the parts of the page, its script, and, packed, its worker, the core
// and the examples. bin/build_playground.js puts them together; nothing else is loaded, ever.
import { deflateSync } from "node:zlib";
import { fileOf } from "../html/document.ts";
import { type Content, type Html, html } from "../html/html.ts";
import { PROFILES } from "../slub/program/variant.ts";
import { BUG_ABOUT, INJECTED_BUGS } from "../target/bug_names.ts";
import { stageParts, timeBar } from "../view/page_parts.ts";
import { VIEW_STYLE } from "../view/page_style.ts";
import { LESSONS } from "./lessons/lessons.ts";
import { PLAYGROUND_STYLE } from "./page_style.ts";

export interface PlaygroundParts {
  /** What the page runs, and what its worker runs. */
  readonly script: string;
  readonly worker: string;
  readonly core: Uint8Array;
  /** Scripts by name; the page opens with the first. */
  readonly examples: Readonly<Record<string, string>>;
}

/** The worker is made of text, and compiles the core. */
const WORKER_POLICY = { scripts: ["'wasm-unsafe-eval'"], directives: ["worker-src blob:"] };

export function playgroundPage({ script, worker, core, examples }: PlaygroundParts): string {
  const body = html`<header><h1>slabfuzz playground</h1>
<p>Write a program for the kernel's slab allocator, and watch it run. Everything runs on this page,
on the same core as the command line; nothing is sent anywhere.</p></header>
<main>
${toolbar(Object.keys(examples))}
<div id="work">
<section id="writing" aria-label="The program">
<aside id="lesson" aria-label="Lesson" hidden></aside>
<div id="editor" data-own-keys></div>
<p id="editor-keys" class="hint">Control and Space complete a word. Escape, then Tab leave the
editor.</p>
<p id="mistake" role="status"></p>
<p id="verdict" role="status"></p>
<p id="said" role="status"></p>
</section>
<section id="showing" aria-label="The run">
${timeBar()}
<div id="stage">
${stageParts()}
</div>
<p id="nothing" hidden>Nothing runs yet: write an operation, or choose an example.</p>
</section>
</div>
<section id="answer" aria-label="Answer" tabindex="-1" hidden></section>
</main>
${sharing()}
<footer><p>Made by <code>slabfuzz playground</code></p></footer>
<script type="text/plain" id="worker">${packed(worker)}</script>
<script type="text/plain" id="core">${packed(core)}</script>
<script type="text/plain" id="examples">${packed(JSON.stringify(examples))}</script>`;
  const style = VIEW_STYLE + PLAYGROUND_STYLE;
  return fileOf({ title: "slabfuzz playground", body, style, script, policy: WORKER_POLICY });
}

function toolbar(examples: readonly string[]): Html {
  return html`<div id="tools" role="group" aria-label="Tools">
<label>Example <select id="example"><option value="">choose one</option>
${group("Examples", examples, "file")}
${group("Generated, one of each bug class", INJECTED_BUGS, "bug")}
${group("Their benign twins", INJECTED_BUGS, "twin")}
</select></label>
<label>Lesson <select id="lessons"><option value="">none</option>
${LESSONS.map(({ title }, i) => html`<option value="${i + 1}">${i + 1}. ${title}</option>`)}
</select></label>
<label>Kernel <select id="kernel">
${PROFILES.map((profile) => html`<option>${profile}</option>`)}
</select></label>
<label>CPUs <input id="cpus" type="number" min="1" max="64" value="1"></label>
<fieldset><legend>slub_debug</legend>
${LETTERS.map(
  ([letter, about]) => html`<label title="${about}"><input type="checkbox" name="letter"
value="${letter}"> ${letter}</label> `,
)}
</fieldset>
<button type="button" id="share">Share</button>
<button type="button" id="shrink">Shrink</button>
<button type="button" id="matrix">Matrix</button>
<label>Export <select id="export"><option value="">choose a form</option>
<option value="script">script (.slab)</option><option value="token">token</option>
<option value="c">kernel module (C)</option><option value="vitest">test (vitest)</option>
</select></label>
</div>`;
}

const LETTERS = [
  ["F", "sanity checks"],
  ["Z", "red zones"],
  ["P", "poison"],
  ["U", "tracks of users"],
  ["T", "a line for each allocation and free"],
] as const;

function group(label: string, names: readonly string[], kind: string): Content {
  const about = (name: string) => BUG_ABOUT[name as keyof typeof BUG_ABOUT];
  const options = names.map(
    (name) => html`<option value="${kind}:${name}" title="${about(name)}">${name}</option>`,
  );
  return html`<optgroup label="${label}">${options}</optgroup>`;
}

function sharing(): Html {
  return html`<dialog id="sharing" aria-labelledby="sharing-title">
<h2 id="sharing-title">Share this program</h2>
<p><label>A link to this page <input id="link" readonly></label>
<button type="button" id="copy-link">Copy the link</button></p>
<p><label>A token for the command line <input id="token" readonly></label>
<button type="button" id="copy-token">Copy the token</button></p>
<p>The program itself is in the link and in the token. <code>slabfuzz replay TOKEN</code> runs
it.</p>
<p id="copied" role="status"></p>
<p><button type="button" id="close-sharing">Close</button></p>
</dialog>`;
}

/** Only letters, digits, +, / and =. */
function packed(content: string | Uint8Array): string {
  return deflateSync(content, { level: 9 }).toString("base64");
}
