// Where an instruction comes from: the source map of a module, asked by byte offset. Compilers to
// WebAssembly write one line, whose columns are offsets into the file.
import { decode, type SourceMapSegment } from "@jridgewell/sourcemap-codec";
import * as v from "valibot";
import { readJson } from "../base/json_file.ts";
import { jsonList, jsonObject, jsonText } from "../base/schema.ts";
import { UserError } from "../base/user_error.ts";

export interface Location {
  readonly source: string;
  /** Both from 1 on. */
  readonly line: number;
  readonly column: number;
}

/** Says where the code of a module comes from: places in a text of lines. */
export interface CodeOrigin {
  readonly sources: readonly string[];
  /** What stands at a byte offset; undefined where nothing says it. */
  locate(offset: number): Location | undefined;
  /** A line of a source, without indentation; empty where it is not known. */
  lineText(place: Pick<Location, "source" | "line">): string;
  /** The lines of a source; none where they are not known. */
  linesOf(source: string): readonly string[];
}

export class SourceMap implements CodeOrigin {
  readonly sources: readonly string[];
  readonly #texts: ReadonlyMap<string, readonly string[]>;
  readonly #segments: readonly SourceMapSegment[];

  /** `text`: the JSON; `name`: its file, for the error message. */
  constructor(text: string, name: string) {
    const map = readJson({ text, name, kind: "source map" }, FILE);
    this.sources = map.sources;
    this.#segments = segmentsIn(map.mappings, map.sources.length, name);
    const contents = map.sourcesContent ?? [];
    this.#texts = new Map(
      map.sources.map((source, i) => [source, (contents[i] ?? "").split("\n")] as const),
    );
  }

  locate(offset: number): Location | undefined {
    const segment = this.#segmentAt(offset);
    if (segment === undefined || segment.length === 1) return undefined;
    const [, source, line, column] = segment;
    return { source: this.sources[source], line: line + 1, column: column + 1 };
  }

  lineText({ source, line }: Pick<Location, "source" | "line">): string {
    return this.#texts.get(source)?.[line - 1]?.trim() ?? "";
  }

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

/** No path is longer, and what goes on for ever is no name. */
const SOURCE_MAX = 400;

const FILE = jsonObject({
  sources: jsonList(
    v.pipe(jsonText, v.maxLength(SOURCE_MAX, `must have ${SOURCE_MAX} characters at most`)),
  ),
  mappings: jsonText,
  sourcesContent: v.optional(jsonList(v.nullable(jsonText))),
});

/** Places that are negative, or in a source that is not there, come from a damaged file. */
function segmentsIn(mappings: string, sources: number, name: string): readonly SourceMapSegment[] {
  const segments = decode(mappings)[0] ?? [];
  const isRight = ([at, source = 0, line = 0, column = 0]: SourceMapSegment) =>
    at >= 0 && source >= 0 && source < sources && line >= 0 && column >= 0;
  if (segments.every(isRight)) return segments;
  throw new UserError(`${name}: mappings: are damaged`);
}
