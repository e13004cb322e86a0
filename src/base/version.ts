// Which slabfuzz this is.

/** The number in package.json: a test holds the two together, because a browser has no such file. */
const VERSION = "0.1.0";

export function slabfuzzVersion(): string {
  return VERSION;
}
