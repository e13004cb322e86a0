// HTML as values. Whatever is put into a template is escaped, unless it is HTML already: there is
// no other way to make a page, so nothing that a page shows can become part of it.
//
//   html`<b title="${name}">${count} of ${html`<i>${total}</i>`}</b>`
import { pagePolicy } from "../base/page_policy.ts";
import { HIDDEN_IN_LINES } from "../base/visible.ts";
import { STYLE } from "./style.ts";

/** What a template takes: text, numbers, HTML, lists of these, and nothing at all. */
export type Content = Html | string | number | undefined | readonly Content[];

export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** HTML from a template, for text and for attribute values in double quotes. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Html {
  const rest = values.map((value, i) => `${textOf(value)}${parts[i + 1]}`);
  return new Html(`${parts[0]}${rest.join("")}`);
}

function textOf(content: Content): string {
  if (content === undefined) return "";
  if (content instanceof Html) return content.text;
  if (typeof content === "string") return escaped(content);
  return typeof content === "number" ? String(content) : content.map(textOf).join("");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text that HTML shows as it is; characters that no page may hold become U+FFFD. */
function escaped(text: string): string {
  return text
    .replace(HIDDEN_IN_LINES, "\ufffd")
    .replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

interface Page {
  readonly title: string;
  /** What the page says in a sentence or two. */
  readonly lead: Content;
  readonly sections: readonly PageSection[];
  /** How to make the page again. */
  readonly footer: Content;
}

export interface PageSection {
  /** Letters and hyphens. */
  readonly id: string;
  readonly title: string;
  readonly body: Content;
}

/** The text of the file. */
export function documentOf({ title, lead, sections, footer }: Page): string {
  const body = html`<header>
<h1>${title}</h1>
<p>${lead}</p>
${contents(sections)}
</header>
<main>
${sections.map(sectionOf)}
</main>
<footer><p>${footer}</p></footer>`;
  return fileOf({ title, body });
}

interface PageFile {
  readonly title: string;
  readonly body: Content;
  /** Rules beside those that all pages share. */
  readonly style?: string;
  /** The one script, without imports: a page that is opened from a disk loads none. */
  readonly script?: string;
}

/** A page as one file, which loads nothing and runs no script but its own. */
export function fileOf({ title, body, style: own = "", script }: PageFile): string {
  const style = STYLE + own;
  const policy = pagePolicy(style, script);
  const run = script && html`<script type="module">${new Html(script)}</script>`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${new Html(style)}</style>
</head>
<body>
${body}
${run}
</body>
</html>
`;
  return page.text;
}

function contents(sections: readonly PageSection[]): Content {
  if (sections.length < 2) return undefined;
  const links = sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`);
  return html`<nav aria-label="On this page"><ul>${links}</ul></nav>`;
}

function sectionOf({ id, title, body }: PageSection): Content {
  return html`<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
${body}
</section>
`;
}
