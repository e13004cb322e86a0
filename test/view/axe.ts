// What axe-core finds wrong on a page: rules of accessibility that it breaks, each with an element.
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { readTextFile } from "../../src/base/whole_file.ts";

const SOURCE = readTextFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"));

export async function axeViolations(page: Page): Promise<readonly string[]> {
  return await page.evaluate(async (source) => {
    new Function(source)();
    const results = await (window as unknown as { axe: Axe }).axe.run();
    return results.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  }, SOURCE);
}

interface Axe {
  run(): Promise<{
    readonly violations: readonly {
      readonly id: string;
      readonly nodes: readonly { readonly html: string }[];
    }[];
  }>;
}
