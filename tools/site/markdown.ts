// Markdown as text: whatever comes from a program or a kernel is shown as it is.

/** Text that Markdown, HTML and the templates of the site's generator leave alone. */
export function plain(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|&~]/g, (character) => `&#${character.charCodeAt(0)};`);
}

export function code(text: string): string {
  return `\`${text.replaceAll("`", "'")}\``;
}

export function codeBlock(text: string): string {
  return `\`\`\`txt\n${text.trimEnd()}\n\`\`\``;
}

/** The first row is the head; cells are Markdown. */
export function table(rows: readonly (readonly string[])[]): string {
  const [head, ...body] = rows;
  const lineOf = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll(/(?<!\\)\|/g, "\\|")).join(" | ")} |`;
  return [head, head.map(() => "---"), ...body].map(lineOf).join("\n");
}

/** Links of a page, without those in code: where they lead, and what stands behind `#`. */
export function linksOf(text: string): readonly { path: string; anchor: string }[] {
  const prose = text
    .replace(/^```.*?^```/gms, "")
    .replace(/^ {4}.*$/gm, "")
    .replace(/`[^`\n]*`/g, "code");
  const links = [...prose.matchAll(/\]\(([^)\s]*)\)/g)].map(([, link]) => link);
  return links
    .filter((link) => !/^\w+:/.test(link))
    .map((link) => {
      const [path, anchor = ""] = link.split("#");
      return { path, anchor };
    });
}

/** Rows of the tables of a page: the text of each cell. */
export function tableRows(text: string): readonly (readonly string[])[] {
  const lines = text.split("\n").filter((line) => line.startsWith("| "));
  return lines.map((line) => {
    const cells = line.replaceAll("\\|", "\u0000").split("|").slice(1, -1);
    return cells.map((cell) => cell.trim().replaceAll("\u0000", "\\|"));
  });
}
