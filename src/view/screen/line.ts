// A line of the screen: pieces of text, each in a tone. It is cut to its width before it gets its
// colours, which take no room on a terminal.
import { visible } from "../../base/visible.ts";

/** What a piece of text is about. */
export type ScreenTone = "title" | "live" | "free" | "never" | "hurt" | "soft" | "kernel";

/** Puts a text into the colour of a tone; without colours it gives the text back. */
export type ScreenPaint = (tone: ScreenTone, text: string) => string;

export type Piece = readonly [text: string, tone?: ScreenTone];

export type ScreenLine = readonly Piece[];

/** The line in `columns` columns at most; `~` stands for what is cut off. */
export function painted(line: ScreenLine, columns: number, paint: ScreenPaint): string {
  const shownLine = line.map(([text, tone]): Piece => [visible(text), tone]);
  const isCut = widthOf(shownLine) > columns;
  let left = isCut ? columns - 1 : columns;
  const texts = shownLine.map(([text, tone]) => {
    const shown = [...text].slice(0, left).join("");
    left -= [...shown].length;
    return tone === undefined || shown === "" ? shown : paint(tone, shown);
  });
  return `${texts.join("")}${isCut ? "~" : ""}`;
}

function widthOf(line: ScreenLine): number {
  return line.reduce((sum, [text]) => sum + [...text].length, 0);
}
