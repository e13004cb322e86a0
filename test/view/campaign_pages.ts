// The pages that a campaign leaves, read back and compared with the records beside them.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import { readTextFile } from "../../src/base/whole_file.ts";
import { SlabHeap } from "../../src/slub/core/heap.ts";
import { machineFor } from "../../src/slub/program/boot.ts";
import { parseScript } from "../../src/slub/program/text.ts";
import { judgeProgram } from "../../src/slub/run/case.ts";
import type { Trace, TracePage } from "../../src/view/trace.ts";
import { untold } from "./traced.ts";

/** What a page of a view holds. */
export function tracesOf(page: string): readonly Trace[] {
  const [, packed] = /<script type="text\/plain" id="data">([\w+/=]*)<\/script>/.exec(page) ?? [];
  const { traces } = JSON.parse(`${inflateSync(Buffer.from(packed, "base64"))}`) as TracePage;
  return traces;
}

/** The folders of findings below a place. */
export function foldersOf(place: string): readonly string[] {
  const all = readdirSync(place).map((name) => join(place, name));
  return all.filter((folder) => existsSync(join(folder, "finding.json")));
}

const heap = new SlabHeap();

/** What the page of a finding tells otherwise than its record, its report and the judge. */
export function pageFaults(folder: string): readonly string[] {
  const [trace] = tracesOf(readTextFile(join(folder, "view.html")));
  const record = JSON.parse(readTextFile(join(folder, "finding.json"))) as Record<string, unknown>;
  const others = (["signature", "verdict"] as const).filter(
    (field) => trace[field] !== record[field],
  );
  const report = readTextFile(join(folder, "report.txt"));
  const program = parseScript(readTextFile(join(folder, "program.slab")), folder);
  const { damage } = judgeProgram(program, machineFor(program), heap);
  return [...others, ...unreported(trace, report), ...untold(trace, damage)].map(
    (fault) => `${folder}: ${fault}`,
  );
}

/** Damages of a trace that the report does not list under their operation. */
function unreported(trace: Trace, report: string): readonly string[] {
  const sections = report.split(/^(?=op \d+ \(.*\) is a mistake)/m);
  return trace.damages.flatMap(({ op, length, region, cell }) => {
    const section = sections.find((one) => one.startsWith(`op ${op} (`));
    if (section === undefined) return [];
    const whose = cell === undefined ? "" : `.*(number|object) ${cell} of its slab`;
    const line = new RegExp(`^ +${length} bytes? of ${region}, ${whose}`, "m");
    return line.test(section) ? [] : [`op ${op}: ${line.source}`];
  });
}
