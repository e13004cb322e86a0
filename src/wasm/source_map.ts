// Where an instruction comes from: the source map of a module, asked by byte offset. Compilers to
// WebAssembly write one line, whose columns are offsets into the file.
import { decode, type SourceMapSegment } from "@jridgewell/sourcemap-codec";
import { parseObject } from "../base/json_file.ts";
import { UserError } from "../base/user_error.ts";

export interface Location {
  readonly source: string;
  /** Both from 1 on. */
  readonly line: number;
  readonly column: number;
}

export class SourceMap {
  readonly sources: readonly string[];
  readonly #texts: ReadonlyMap<string, readonly string[]>;
  readonly #segments: readonly SourceMapSegment[];

  /** `text`: the JSON; `name`: its file, for the error message. */
  constructor(text: string, name: string) {
    const map = parse(text, name);
    this.sources = map.sources;
    this.#segments = decode(map.mappings)[0] ?? [];
    const contents = map.sourcesContent ?? [];
    this.#texts = new Map(
      map.sources.map((source, i) => [source, (contents[i] ?? "").split("\n")] as const),
    );
  }

  /** What stands at a byte offset; undefined where the compiler does not say. */
  locate(offset: number): Location | undefined {
    const segment = this.#segmentAt(offset);
    if (segment === undefined || segment.length === 1) return undefined;
    const [, source, line, column] = segment;
    return { source: this.sources[source], line: line + 1, column: column + 1 };
  }

  /** A line of a source, without indentation; empty where the map does not hold the sources. */
  lineText({ source, line }: Pick<Location, "source" | "line">): string {
    return this.#texts.get(source)?.[line - 1]?.trim() ?? "";
  }

  /** The lines of a source. */
  linesOf(source: string): readonly string[] {
    return this.#texts.get(source) ?? [];
  }

  #segmentAt(offset: number): SourceMapSegment | undefined {
    let first = 0;
    let end = this.#segments.length;
    while (first < end) {
      const middle = (first + end) >>> 1;
      if (this.#segments[middle][0] <= offset) first = middle + 1;
      else end = middle;
    }
    return this.#segments[first - 1];
  }
}

interface MapFile {
  readonly sources: readonly string[];
  readonly mappings: string;
  readonly sourcesContent?: readonly (string | null)[];
}

function parse(text: string, name: string): MapFile {
  const map = parseObject({ text, name, kind: "source map" });
  if (!Array.isArray(map["sources"]) || typeof map["mappings"] !== "string") {
    throw new UserError(`${name}: is no source map (it has no "sources" and "mappings")`);
  }
  return map as unknown as MapFile;
}
