// How the pages that tools/site/ makes become a site. It is made of static files, loads nothing from
// elsewhere, and searches in the browser.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const { sidebar } = JSON.parse(
  readFileSync(new URL("../../build/site/site.json", import.meta.url), "utf8"),
);

/** Anchors as GitHub makes them, so that links work in both places. */
function slugify(heading) {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s/g, "-");
}

/** Blocks that are indented look like those between fences. */
function fenceIndentedCode(md) {
  md.renderer.rules.code_block = (tokens, index, options, env, self) => {
    tokens[index].info = "txt";
    return md.renderer.rules.fence(tokens, index, options, env, self);
  };
}

/** A page runs its own scripts, each known by its digest, and asks no other site for anything. */
function withPolicy(page) {
  const scripts = [...page.matchAll(/<script(?![^>]*\ssrc=)[^>]*>(.*?)<\/script>/gs)];
  const digests = scripts.map(([, text]) => {
    return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  });
  const policy = [
    "default-src 'none'",
    `script-src 'self' ${[...new Set(digests)].join(" ")}`,
    "style-src 'self'",
    "style-src-attr 'unsafe-inline'", // colours of code
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy}">`;
  return page.replace(/<meta charset="utf-8">/, `$&\n    ${meta}`);
}

export default {
  lang: "en",
  title: "slabfuzz",
  description:
    "A slab fuzzer that knows the truth: the kernel's allocator, replayed and explained.",
  srcDir: "../build/site/pages",
  cacheDir: "../build/site/cache",
  markdown: {
    anchor: { slugify },
    config: fenceIndentedCode,
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
  },
  transformHtml: withPolicy,
  // Without an icon a browser asks for one; a change of colours would put style into the page.
  head: [["link", { rel: "icon", href: "data:," }]],
  appearance: { disableTransition: false },
  themeConfig: {
    search: { provider: "local" },
    nav: [
      { text: "All pages", link: "/docs/index.md" },
      { text: "Bug classes", link: "/classes/index.md" },
      { text: "Playground", link: "/playground.md" },
    ],
    sidebar,
    outline: [2, 3],
  },
};
