// The page of a bug class: what it is, a generated program that makes the mistake, pictures of what
// happens, what each set of debug options reports of it, and the benign twin. All of it comes from
// the program, which runs here, and from the tables of docs/fuzzing.md.
import { type Matrix, matrixOf } from "../../src/compare/matrix/matrix.ts";
import { matrixPage } from "../../src/compare/matrix/matrix_page.ts";
import { cellsOn, columnHead, shortText } from "../../src/compare/matrix/matrix_text.ts";
import { OPTION_SETS } from "../../src/compare/option_sets.ts";
import { representativeOf } from "../../src/compare/score/representative.ts";
import { type Html, html } from "../../src/html/html.ts";
import { COLOURS } from "../../src/html/style.ts";
import { SlabHeap } from "../../src/slub/core/heap.ts";
import { bugsOn } from "../../src/slub/gen/features.ts";
import type { Program } from "../../src/slub/program/op.ts";
import { printScript } from "../../src/slub/program/text.ts";
import { PROFILES } from "../../src/slub/program/variant.ts";
import { BUG_ABOUT, type BugName } from "../../src/target/bug_names.ts";
import { tokenOfScript } from "../../src/targets/script_token.ts";
import { programOfScript } from "../../src/targets/targets.ts";
import { DAMAGE_PARTS, DAMAGE_STYLE, damagePicture } from "../../src/view/damage_picture.ts";
import { viewPage } from "../../src/view/page.ts";
import { CELL_LETTERS } from "../../src/view/page_parts.ts";
import type { Trace } from "../../src/view/trace.ts";
import { traceOf } from "../../src/view/trace_of.ts";
import { code, codeBlock, plain, table, tableRows } from "./markdown.ts";
import { slabPicture } from "./slab_picture.ts";

export const SEED = 1n;

export interface ClassPage {
  readonly bug: BugName;
  /** The page. */
  readonly text: string;
  /** What stands beside it: from a path of the site to the content. */
  readonly files: Readonly<Record<string, string>>;
}

const heap = new SlabHeap();

/** Throws if no program makes the mistake. `fuzzing`: the text of docs/fuzzing.md. */
export async function classPage(
  bug: BugName,
  fuzzing: string,
  version: string,
): Promise<ClassPage> {
  const program = programOf(bug, false);
  const trace = await traceOfProgram(bug, program);
  const twin = programOf(bug, true);
  const twinTrace = await traceOfProgram(bug, twin);
  const profiles = PROFILES.filter((profile) => bugsOn(profile, [bug]).length > 0);
  const matrix = matrixOf({ name: bug, program, heap, profiles, options: OPTION_SETS });
  const moment = momentOf(trace);
  const pictures = picturesOf(bug, trace, moment);
  const command = `slabfuzz matrix --bugs ${bug} --profile all`;
  const view = `slabfuzz view ${tokenOfScript(printScript(program))}`;
  return {
    bug,
    text: [
      `# ${bug}`,
      plain(`${sentence(BUG_ABOUT[bug])}`),
      definitionOf(bug, fuzzing),
      "## The picture",
      plain(`On ${trace.machine}: op ${moment} ${trace.ops[moment].says}.`),
      ...pictures.parts,
      "## The program",
      plain(`Verdict ${trace.verdict}, impact ${trace.impact}. Signature:`) +
        ` ${code(trace.signature)}. ${playgroundLink(program, "Open it in the playground")}.`,
      codeBlock(printScript(program)),
      stepsOf(trace),
      "## Which option sees it",
      "Each cell has the verdict, and the operation of the first report.",
      matrixTable(matrix),
      `The [full table](../matrix/${bug}.html){target="_self"} has the words of each kernel.`,
      "## The benign twin",
      "The twin is the same program with what is right in the place of the mistake. " +
        plain(`Its verdict is ${twinTrace.verdict}.`) +
        ` ${playgroundLink(twin, "Open the twin in the playground")}.`,
      codeBlock(printScript(twin)),
      "## Step by step",
      `[The whole page](../views/${bug}.html#op=${moment}){target="_self"}`,
      `<iframe class="view" loading="lazy" title="${bug}, step by step" ` +
        `src="../views/${bug}.html#op=${moment}"></iframe>`,
      "",
    ].join("\n\n"),
    files: {
      ...pictures.files,
      [`views/${bug}.html`]: viewPage([trace], view),
      [`matrix/${bug}.html`]: matrixPage({ matrices: [matrix], command, version }),
    },
  };
}

function programOf(bug: BugName, isTwin: boolean): Program {
  const program = representativeOf({ bug, seed: SEED, isTwin });
  if (program === undefined) throw new Error(`no program of seed ${SEED} makes the mistake ${bug}`);
  return program;
}

async function traceOfProgram(bug: BugName, program: Program): Promise<Trace> {
  const text = printScript(program);
  return await traceOf(await programOfScript({ name: bug, file: bug, text }));
}

/** The operation that is drawn: where the mistake shows in memory, or else where it is made. */
function momentOf({ jumps: { damage, mistake, report }, ops }: Trace): number {
  return damage ?? mistake ?? report ?? ops.length - 1;
}

function sentence(text: string): string {
  return `${text[0].toUpperCase()}${text.slice(1)}.`;
}

/** What the row of docs/fuzzing.md says. */
function definitionOf(bug: BugName, fuzzing: string): string {
  const row = tableRows(fuzzing).find(([name]) => name === `\`${bug}\``);
  if (row === undefined) throw new Error(`docs/fuzzing.md has no row for ${bug}`);
  const [, definition, victims, seen] = row;
  return table([
    ["definition", "victims, values", "could see it"],
    [definition, victims, seen],
  ]);
}

interface Pictures {
  readonly parts: readonly string[];
  readonly files: Readonly<Record<string, string>>;
}

/** The slab before the operation and after it, and the bytes that were damaged. */
function picturesOf(bug: BugName, trace: Trace, moment: number): Pictures {
  const parts: string[] = [];
  const files: Record<string, string> = {};
  const put = (name: string, title: string, words: string, svg: string): void => {
    const path = `pictures/${bug}-${name}.svg`;
    files[path] = svg;
    parts.push(`### ${title}`, `![${plain(words)}](/${path})`);
  };
  for (const op of [moment - 1, moment]) {
    const picture = op < 0 ? undefined : slabPicture(trace, op);
    if (picture === undefined) continue;
    const title = `After op ${op}, ${code(trace.ops[op].text)}`;
    put(op === moment ? "after" : "before", title, picture.words, picture.svg);
    if (picture.lists.length > 0) parts.push(listOf(picture.lists.map(plain)));
  }
  const letters = CELL_LETTERS.map(([letter, words]) => `${code(letter)} ${words}`).join(", ");
  if (parts.length > 0) parts.push(`Objects and arrows: ${letters}.`);
  const damage = damagePicture(trace);
  if (damage?.image.text.includes("<rect")) {
    put("bytes", "The damaged bytes", damage.words, bytesPicture(damage.image));
  }
  return { parts, files };
}

function listOf(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join("\n");
}

const BYTES_WIDTH = 520;
const BYTES_HEIGHT = 60;
const KEY_HEIGHT = 22;

/** The drawing of damaged bytes as a file of its own, with what its colours stand for. */
function bytesPicture(image: Html): string {
  const height = BYTES_HEIGHT + 12 + DAMAGE_PARTS.length * KEY_HEIGHT;
  const keys = DAMAGE_PARTS.map(({ tone, name }, i) => {
    const y = BYTES_HEIGHT + 12 + i * KEY_HEIGHT;
    return html`<g class="damage"><rect class="${tone}" x="8" y="${y}" width="14" height="14"/></g>
<text x="30" y="${y + 12}">${name}</text>
`;
  });
  const style = `${COLOURS}${DAMAGE_STYLE}
text { font: 14px system-ui, sans-serif; fill: var(--ink); }
.ground { fill: var(--page); }`;
  const drawing = html`<svg xmlns="http://www.w3.org/2000/svg"
viewBox="0 0 ${BYTES_WIDTH} ${height}" width="${BYTES_WIDTH}" height="${height}">
<style>${style}</style>
<rect class="ground" width="100%" height="100%"/>
<svg width="${BYTES_WIDTH}" height="${BYTES_HEIGHT}">${image}</svg>
${keys}</svg>
`;
  return drawing.text;
}

function playgroundLink(program: Program, words: string): string {
  const token = tokenOfScript(printScript(program));
  return `[${words}](../playground/index.html#program=${token}){target="_self"}`;
}

function stepsOf({ ops, jumps }: Trace): string {
  const marks = (at: number): string =>
    Object.entries(jumps)
      .flatMap(([what, op]) => (op === at ? [`**${what}**`] : []))
      .join(", ");
  const rows = ops.map(({ text, says }, op) => [`${op}`, code(text), plain(says), marks(op)]);
  return table([["op", "operation", "what it does", "first"], ...rows]);
}

function matrixTable(matrix: Matrix): string {
  const columns = matrix.profiles.filter((profile) => cellsOn(matrix, profile).length > 0);
  const rows = matrix.options.map((option, i) => [
    code(option),
    ...columns.map((profile) => plain(shortText(cellsOn(matrix, profile)[i]))),
  ]);
  const heads = columns.map((profile) => plain(columnHead(cellsOn(matrix, profile)[0])));
  return table([["options", ...heads], ...rows]);
}
