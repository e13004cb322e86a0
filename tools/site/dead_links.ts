// Links of a folder of HTML that lead nowhere: to a file that is not there, or to a heading or
// other element that its page does not have. Sites elsewhere are not asked.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, posix } from "node:path";

const LINK = /\s(?:href|src)="([^"]*)"/g;
const ID = /\sid="([^"]*)"/g;

/** Lines `PAGE: LINK`. `base`: what addresses of the site begin with. */
export function deadLinks(folder: string, base = "/"): readonly string[] {
  const names = readdirSync(folder, { recursive: true }).map((name) =>
    String(name).replaceAll("\\", "/"),
  );
  const pages = names.filter((name) => name.endsWith(".html"));
  const texts = new Map(pages.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
  const ids = new Map([...texts].map(([name, text]) => [name, new Set(matches(text, ID))]));
  const leadsNowhere = (page: string, link: string): boolean => {
    const target = targetOf(page, link, base);
    if (target === undefined) return false;
    const { path, anchor } = target;
    const file = join(folder, path);
    if (!existsSync(file) || statSync(file).isDirectory()) return true;
    // What stands behind # in the address of a page with a script is for the script.
    const isForScript = anchor === "" || anchor.includes("=");
    return !isForScript && ids.has(path) && !ids.get(path)!.has(anchor);
  };
  return [...texts].flatMap(([page, text]) => {
    const links = [...new Set(matches(text, LINK))];
    return links.filter((link) => leadsNowhere(page, link)).map((link) => `${page}: ${link}`);
  });
}

function matches(text: string, pattern: RegExp): readonly string[] {
  const markup = text.replace(/<script[^>]*>.*?<\/script>/gs, "");
  return [...markup.matchAll(pattern)].map(([, value]) => value);
}

/** A path from the root of the site; undefined for other sites and for data. */
function targetOf(
  page: string,
  link: string,
  base: string,
): { readonly path: string; readonly anchor: string } | undefined {
  if (/^(\w+:|\/\/)/.test(link)) return undefined;
  const [address, anchor = ""] = decodeURI(link).split("#");
  const [whole] = address.split("?");
  const isAbsolute = whole.startsWith("/");
  const rest = isAbsolute && whole.startsWith(base) ? whole.slice(base.length) : whole;
  const joined = isAbsolute ? rest : posix.join(posix.dirname(page), rest);
  const path = whole === "" ? page : joined;
  const isFolder = path === "" || path === "." || path.endsWith("/");
  return { path: isFolder ? posix.join(path, "index.html") : path, anchor };
}
