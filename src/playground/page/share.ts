// A program in the address of the page: the token that every command reads, made in a browser.
import { damagedToken, SCRIPT_MARK, SCRIPT_TEXT_MAX } from "../../target/token_text.ts";

/** The token of a script, as src/targets/script_token.ts makes it. */
export async function tokenOfText(text: string): Promise<string> {
  const bytes = await bytesThrough(
    new CompressionStream("deflate"),
    new TextEncoder().encode(text),
  );
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  const base64 = btoa(binary).replaceAll("+", "-").replaceAll("/", "_");
  return `${SCRIPT_MARK}${base64.replace(/=+$/, "")}`;
}

/** The script of a token; throws a UserError for a damaged one. */
export async function textOfToken(token: string): Promise<string> {
  try {
    const base64 = token.slice(SCRIPT_MARK.length).replaceAll("-", "+").replaceAll("_", "/");
    const packed = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
    const bytes = await bytesThrough(new DecompressionStream("deflate"), packed);
    return new TextDecoder().decode(bytes);
  } catch {
    throw damagedToken(token);
  }
}

/** What text a page brings along, packed by the build. */
export async function unpackedBytes(base64: string): Promise<Uint8Array<ArrayBuffer>> {
  const packed = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
  return await bytesThrough(new DecompressionStream("deflate"), packed);
}

/** A few bytes could be unpacked to any length: what is longer than a script may be is refused. */
async function bytesThrough(
  transform: ReadableWritablePair<Uint8Array<ArrayBuffer>, BufferSource>,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(transform);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (const reader = stream.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return new Uint8Array(await new Blob(chunks).arrayBuffer());
    size += value.length;
    if (size > SCRIPT_TEXT_MAX) throw new RangeError("too long");
    chunks.push(value);
  }
}

/** A part of the address behind `#`, such as `program`. */
export function addressPart(key: string): string | undefined {
  const own = partsOfAddress().find((part) => part.startsWith(`${key}=`));
  return own?.slice(key.length + 1);
}

/** Sets parts of the address; those that are undefined go. The browser's history does not grow. */
export function setAddress(parts: Readonly<Record<string, string | undefined>>): void {
  const others = partsOfAddress().filter((part) => !Object.hasOwn(parts, part.split("=")[0]));
  const own = Object.entries(parts).flatMap(([key, value]) => {
    return value === undefined ? [] : [`${key}=${value}`];
  });
  history.replaceState(null, "", `#${[...own, ...others].join("&")}`);
}

function partsOfAddress(): readonly string[] {
  return location.hash
    .slice(1)
    .split("&")
    .filter((part) => part !== "");
}
