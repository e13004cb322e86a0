// The content security policy of a page that is one file: it loads nothing, and runs the script and
// the style that it came with and no others, each known by its digest.
//
//   default-src 'none'             no picture, font, frame or connection
//   script-src, style-src          the digests below; what is injected has another one
//   base-uri, form-action          nothing leaves, wherever a link or a form points
//
// A browser takes the digest of the text between the tags, byte for byte.
import { createHash } from "node:crypto";
import { assert } from "./assert.ts";

/** What a page may do beside: sources of scripts, and whole directives. */
export interface PolicyExtras {
  readonly scripts: readonly string[];
  readonly directives: readonly string[];
}

/** The policy for a page with one style, and one script or none. */
export function pagePolicy(style: string, script?: string, extras?: PolicyExtras): string {
  const scripts = extras?.scripts ?? [];
  const sources = [
    "default-src 'none'",
    ...(script === undefined ? [] : [["script-src", sourceOf(script), ...scripts].join(" ")]),
    `style-src ${sourceOf(style)}`,
    ...(extras?.directives ?? []),
    "base-uri 'none'",
    "form-action 'none'",
  ];
  return sources.join("; ");
}

/** Text with an end tag in it would end the script or style before its time. */
const END_TAG = /<\/(script|style)/i;

function sourceOf(text: string): string {
  assert(!END_TAG.test(text), "a script or style of a page holds no end tag");
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
