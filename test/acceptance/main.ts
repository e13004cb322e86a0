// npm run test:acceptance: every bug class under every set of options, judged, as one table, with
// the expected reports beside the real ones.
//
//   npm run test:acceptance -- --cases 20000 --profile v6.1
//   npm run test:acceptance -- --class off-by-one,double-free --options FZ,FZP --cases 500
//
// Exit codes: 0 every case agrees; 1 some do not; 2 a mistake in the request.
import "../../src/targets/core_files.ts";
import { UserError } from "../../src/base/user_error.ts";
import { type Score, type ScoreCell, score } from "../../src/compare/score/score.ts";
import { disagreementLines } from "../../src/compare/score/score_text.ts";
import { type Options, readOptions, USAGE } from "./options.ts";
import { tableLines } from "./table.ts";

async function main(): Promise<number> {
  const options: Options = readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  const { cells } = await survey(options);
  console.log(tableLines(cells).join("\n"));
  const wrong = [...disagreementLines(cells), ...cells.flatMap(falseReportLines)];
  for (const line of wrong) console.log(line);
  return wrong.length === 0 ? 0 : 1;
}

/** One kernel at a time; slabfuzz score covers several. */
function survey({ classes, letters, cases, seed, profile, boot, ops }: Options): Promise<Score> {
  let last = "";
  return score({
    bugs: classes,
    profiles: [profile],
    options: letters,
    machine: { boot },
    ...{ cases, seed, opCountMax: ops, jobs: 1 },
    onProgress: ({ cell: { boot, bug } }) => {
      if (last !== `${boot} ${bug}`) console.error(`${profile} ${boot} ${bug}: ${cases} cases`);
      last = `${boot} ${bug}`;
    },
  });
}

function falseReportLines({ boot, bug, data }: ScoreCell): string[] {
  const { falseReports, twins } = data;
  return falseReports === 0 ? [] : [`${boot} ${bug}: ${falseReports} of ${twins} twins reported`];
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(`test:acceptance: ${error.message}`);
  process.exitCode = 2;
}
