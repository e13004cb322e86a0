// npm run test:acceptance: every bug class under every set of options, judged, as one table; and
// what the checks were expected to see beside what they saw.
//
//   npm run test:acceptance -- --cases 20000 --profile v6.1
//   npm run test:acceptance -- --class off-by-one,double-free --options FZ,FZP --cases 500
//
// Exit codes: 0 every case agrees; 1 some do not; 2 a mistake in the request.
import { UserError } from "../../src/base/user_error.ts";
import { type Options, readOptions, USAGE } from "./options.ts";
import { survey } from "./survey.ts";
import { disagreementLines, tableLines } from "./table.ts";

function main(): number {
  const options: Options = readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  const rows = [];
  for (const row of survey(options)) {
    console.error(`${row.boot} ${row.bug}: ${row.cases} cases`);
    rows.push(row);
  }
  console.log(tableLines(rows).join("\n"));
  const disagreements = disagreementLines(rows);
  for (const line of disagreements) console.log(line);
  return disagreements.length === 0 ? 0 : 1;
}

try {
  process.exitCode = main();
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(`test:acceptance: ${error.message}`);
  process.exitCode = 2;
}
