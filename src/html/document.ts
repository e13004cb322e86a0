// A page as one file: its head with the policy, and its sections.
import { type PolicyExtras, pagePolicy } from "../base/page_policy.ts";
import { type Content, Html, html } from "./html.ts";
import { STYLE } from "./style.ts";

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
  /** What the script may do beside showing things. */
  readonly policy?: PolicyExtras;
}

/** A page as one file, which loads nothing and runs no script but its own. */
export function fileOf({ title, body, style: own = "", script, policy: extras }: PageFile): string {
  const style = STYLE + own;
  const policy = pagePolicy(style, script, extras);
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
