// What axe-core finds wrong on a page: rules of accessibility that it breaks, each with an element.
// A page is looked at as a reader with a phone or a desk sees it, in light or dark.
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { readTextFile } from "../../src/base/whole_file.ts";

const SOURCE = readTextFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"));

export interface PageLook {
  readonly scheme: "light" | "dark";
  readonly width: number;
  readonly height: number;
}

export const PHONE = { width: 390, height: 844 } as const;
export const DESK = { width: 1280, height: 800 } as const;

export const ALL_LOOKS: readonly PageLook[] = (["light", "dark"] as const).flatMap((scheme) =>
  [PHONE, DESK].map((size) => ({ scheme, ...size })),
);

/** Violations under one look; the page keeps the look that it had. */
export async function axeViolationsUnder(
  page: Page,
  { scheme, width, height }: PageLook,
): Promise<readonly string[]> {
  const before = page.viewportSize();
  await page.emulateMedia({ colorScheme: scheme });
  await page.setViewportSize({ width, height });
  const found = await axeViolations(page);
  await page.emulateMedia({ colorScheme: null });
  if (before !== null) await page.setViewportSize(before);
  return found;
}

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
