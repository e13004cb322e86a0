// HTML as values. Whatever is put into a template is escaped, unless it is HTML already: there is
// no other way to make a page, so nothing that a page shows can become part of it.
//
//   html`<b title="${name}">${count} of ${html`<i>${total}</i>`}</b>`
import { HIDDEN_IN_LINES } from "../base/visible.ts";

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
