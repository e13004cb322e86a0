// Tables that a keyboard can scroll and a screen reader can read: a caption, a head for each column
// and each row, and a frame of their own for what is wider than a phone.
import { type Content, type Html, html } from "./html.ts";

/** A cell: what it says, and perhaps a tone of style.ts that goes with it. */
export interface Cell {
  readonly content: Content;
  readonly tone?: string;
}

interface Table {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly TableRow[];
  /** Cells are numbers. */
  readonly isNumeric?: boolean;
}

/** The first column names the row; there are as many cells as other columns. */
interface TableRow {
  readonly head: Content;
  readonly cells: readonly (Cell | string | number)[];
}

export function tableOf({ caption, columns, rows, isNumeric }: Table): Html {
  const heads = columns.map((column) => html`<th scope="col">${column}</th>`);
  const kind = isNumeric === true ? "numbers" : "words";
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
<table class="${kind}">
<caption>${caption}</caption>
<thead><tr>${heads}</tr></thead>
<tbody>
${rows.map(rowOf)}</tbody>
</table>
</div>`;
}

function rowOf({ head, cells }: TableRow): Html {
  return html`<tr><th scope="row">${head}</th>${cells.map(cellOf)}</tr>
`;
}

function cellOf(cell: Cell | string | number): Html {
  if (typeof cell !== "object") return html`<td>${cell}</td>`;
  const { content, tone } = cell;
  return tone === undefined
    ? html`<td>${content}</td>`
    : html`<td class="tone ${tone}">${content}</td>`;
}
