// The page of a campaign: heads of columns become buttons that sort the table by that column.

const table = document.getElementById("findings") as HTMLTableElement;
const heads = [...table.tHead!.rows[0].cells];

for (const [column, head] of heads.entries()) {
  if (head.dataset.sorts === undefined) continue;
  const button = document.createElement("button");
  button.type = "button";
  button.append(...head.childNodes);
  button.addEventListener("click", () => sortBy(column));
  head.append(button);
}
document.body.dataset.ready = "true";

/** Sorts by a column; a second time the other way round. Rows that are alike keep their order. */
function sortBy(column: number): void {
  const isUp = heads[column].getAttribute("aria-sort") === "ascending";
  const turn = isUp ? -1 : 1;
  const rows = [...table.tBodies[0].rows];
  const keys = new Map(rows.map((row) => [row, row.cells[column].dataset.key ?? ""]));
  rows.sort((one, other) => turn * compareKeys(keys.get(one) ?? "", keys.get(other) ?? ""));
  table.tBodies[0].append(...rows);
  for (const head of heads) head.removeAttribute("aria-sort");
  heads[column].setAttribute("aria-sort", isUp ? "descending" : "ascending");
}

/** Numbers by size, words by the alphabet. */
function compareKeys(one: string, other: string): number {
  const difference = Number(one) - Number(other);
  if (!Number.isNaN(difference)) return difference;
  return one < other ? -1 : one > other ? 1 : 0;
}
