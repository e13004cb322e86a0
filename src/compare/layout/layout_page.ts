// Layouts as a page: the bytes of an object by cause, on each kernel and under each set of options.
import { type BarRow, barChartOf, type Series } from "../../html/chart.ts";
import { documentOf } from "../../html/document.ts";
import { type Content, type Html, html } from "../../html/html.ts";
import type { Tone } from "../../html/style.ts";
import { tableOf } from "../../html/table.ts";
import type { ByteCause, LayoutColumn, Layouts, SlotLayout } from "./layout.ts";
import { BYTE_CAUSES, bytesPerObject } from "./layout.ts";
import { costText, formText, freePointerText, LAYOUT_ROWS, nameOf } from "./layout_text.ts";

interface LayoutPage {
  readonly layouts: Layouts;
  /** The command line that makes the page again. */
  readonly command: string;
  readonly version: string;
}

export const TONE_OF: Readonly<Record<ByteCause, Tone>> = {
  object: "good",
  "left red zone": "bad",
  "right red zone": "warm",
  "alignment padding": "unseen",
  "free pointer": "odd",
  tracks: "masked",
  "requested size": "fair",
  padding: "void",
  "left over": "dead",
};

const SERIES: readonly Series[] = BYTE_CAUSES.map((name) => ({ name, tone: TONE_OF[name] }));

export function layoutPage({ layouts, command, version }: LayoutPage): string {
  const { form, columns } = layouts;
  return documentOf({
    title: `Slab layout: ${formText(form)}`,
    lead: html`Where the bytes of a slab go: what one object takes, by cause, with its share of
what the slab leaves over; on each kernel, and under other sets of debug options.`,
    sections: [
      { id: "kernels", title: "Kernel by kernel", body: kernelsOf(layouts) },
      { id: "options", title: "Under other options", body: costsOf(columns) },
      { id: "slots", title: "Slot by slot", body: columns.map(slotTable) },
    ],
    footer: html`slabfuzz ${version}: <code>${command}</code>`,
  });
}

function kernelsOf({ columns }: Layouts): Content {
  const rows = columns.map(({ machine, slot }) => barOf(machine.profile, slot));
  const table = tableOf({
    caption: "Bytes of one slot by cause, and the slab",
    columns: ["", ...columns.map(({ machine }) => nameOf(machine))],
    rows: LAYOUT_ROWS.map(([name, textOf]) => ({
      head: name,
      cells: columns.map(({ slot }) => (slot === undefined ? "refused" : textOf(slot))),
    })),
    isNumeric: true,
  });
  return [chartOf("Bytes per object, by cause", rows), table];
}

function costsOf(columns: readonly LayoutColumn[]): Content {
  const charts = columns.map(({ machine, costs }) => {
    const rows = costs.map(({ options, slot }) => barOf(options, slot));
    return chartOf(`${machine.profile}: bytes per object, by cause`, rows);
  });
  const table = tableOf({
    caption: "Bytes of a slot, and of memory per object",
    columns: ["options", ...columns.map(({ machine }) => machine.profile)],
    rows: columns[0].costs.map(({ options }, i) => ({
      head: options,
      cells: columns.map(({ costs }) => costText(costs[i].slot)),
    })),
    isNumeric: true,
  });
  return [table, charts];
}

function barOf(label: string, slot: SlotLayout | undefined): BarRow {
  if (slot === undefined) return { label, values: BYTE_CAUSES.map(() => 0), note: "refused" };
  const values = BYTE_CAUSES.map((cause) => slot.slabCauses[cause] / slot.objects);
  return { label, values, note: `${bytesPerObject(slot).toFixed(1)} bytes` };
}

function chartOf(title: string, rows: readonly BarRow[]): Html {
  const full = Math.max(...rows.map(({ values }) => values.reduce((sum, one) => sum + one, 0)));
  return barChartOf({ title, series: SERIES, rows, full, unit: " bytes" });
}

function slotTable({ machine, slot }: LayoutColumn): Html {
  if (slot === undefined) return html`<p>${nameOf(machine)}: the kernel refuses this size.</p>`;
  return tableOf({
    caption: `${nameOf(machine)}: ${slot.size} bytes a slot, ${freePointerText(slot)}`,
    columns: ["bytes", "from", "to", "how many"],
    rows: slot.parts.map(({ from, to, what }) => ({ head: what, cells: [from, to, to - from] })),
    isNumeric: true,
  });
}
