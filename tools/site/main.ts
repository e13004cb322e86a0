// npm run site [-- --base /slabfuzz/] [--out FOLDER]: the documents, the playground and a page for
// each bug class as static files, in dist/site/ if no folder is named. The generator has packages
// of its own, which `npm ci` of the repository does not install: npm ci --prefix site.
//
// Exit codes: 0 built; 1 a link leads nowhere; 2 the request was wrong, or packages are missing.
import "../../src/targets/core_files.ts";
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { counted } from "../../src/base/count_text.ts";
import { packagePath } from "../../src/base/package_file.ts";
import { slabfuzzVersion } from "../../src/base/version.ts";
import { readTextFile } from "../../src/base/whole_file.ts";
import { INJECTED_BUGS } from "../../src/target/bug_names.ts";
import { classPage } from "./class_page.ts";
import { deadLinks } from "./dead_links.ts";
import { classesPage, documentPages, playgroundPage, sidebarOf } from "./pages.ts";

/** What the generator reads. */
const STAGE = packagePath("build/site");
const PAGES = join(STAGE, "pages");
/** Files that the site has as they are. */
const FILES = join(PAGES, "public");
const GENERATOR = packagePath("site/node_modules/vitepress/bin/vitepress.js");
const PLAYGROUND = "playground/index.html";

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

async function stage(): Promise<void> {
  rmSync(STAGE, { recursive: true, force: true });
  const { pages, files } = documentPages();
  for (const { path, text } of [...pages, classesPage(), playgroundPage()]) {
    put(join(PAGES, path), text);
  }
  for (const path of files) put(join(FILES, path), readTextFile(packagePath(path)));
  const fuzzing = readTextFile(packagePath("docs/fuzzing.md"));
  for (const bug of INJECTED_BUGS) {
    const page = await classPage(bug, fuzzing, slabfuzzVersion());
    put(join(PAGES, "classes", `${bug}.md`), page.text);
    for (const [path, text] of Object.entries(page.files)) put(join(FILES, path), text);
  }
  mkdirSync(dirname(join(FILES, PLAYGROUND)), { recursive: true });
  copyFileSync(packagePath(`dist/${PLAYGROUND}`), join(FILES, PLAYGROUND));
  const sidebar = sidebarOf(readTextFile(packagePath("docs/index.md")));
  put(join(STAGE, "site.json"), JSON.stringify({ sidebar }));
}

interface Asked {
  /** The address below which the site will be, with a slash at either end. */
  readonly base: string;
  readonly out: string;
}

function asked(): Asked {
  const { values } = parseArgs({
    options: {
      base: { type: "string", default: "/" },
      out: { type: "string", default: packagePath("dist/site") },
    },
  });
  if (/^\/([\w.-]+\/)*$/.test(values.base)) return { ...values, out: resolve(values.out) };
  throw new Error(`--base ${values.base}: it begins and ends with a slash, as in /slabfuzz/`);
}

function generate({ base, out }: Asked): boolean {
  rmSync(out, { recursive: true, force: true });
  const words = ["build", packagePath("site"), "--base", base, "--outDir", out];
  return spawnSync(process.execPath, [GENERATOR, ...words], { stdio: "inherit" }).status === 0;
}

async function main(): Promise<number> {
  const request = asked();
  if (!existsSync(GENERATOR)) {
    throw new Error("the packages of the site are not installed: npm ci --prefix site");
  }
  await stage();
  if (!generate(request)) return 1;
  const dead = deadLinks(request.out, request.base);
  for (const line of dead) console.error(`dead link: ${line}`);
  console.log(`the site is in ${request.out}, with ${counted(dead.length, "dead link")}`);
  return dead.length === 0 ? 0 : 1;
}

process.exitCode = await main().catch((error: Error) => {
  console.error(`slabfuzz: ${error.message}`);
  return 2;
});
