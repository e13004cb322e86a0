// The script of a page: files of page/ as the build left them, put together as one without imports,
// because a page that is opened from a disk loads no modules.
import { packagePath } from "../base/package_file.ts";
import { readTextFile } from "../base/whole_file.ts";

const known = new Map<string, string>();

/** Files of page/ by name, in the order in which they use each other. */
export function pageScript(names: readonly string[]): string {
  const key = names.join();
  const script = known.get(key) ?? names.map(withoutModules).join("\n");
  known.set(key, script);
  return script;
}

function withoutModules(name: string): string {
  return readTextFile(packagePath(`dist/src/view/page/${name}.js`))
    .replace(/^import [^;]*;$/gm, "")
    .replace(/^export (?=class|function|const|async)/gm, "")
    .replace(/^\/\/# sourceMappingURL=.*$/gm, "");
}
