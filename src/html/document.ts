// A page that is one file: nothing is fetched, nothing runs, and its policy says so to the browser.
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

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** The text of the file. */
export function documentOf({ title, lead, sections, footer }: Page): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p>${lead}</p>
${contents(sections)}
</header>
<main>
${sections.map(sectionOf)}
</main>
<footer><p>${footer}</p></footer>
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
