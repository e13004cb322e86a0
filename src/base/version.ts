// Which slabfuzz this is.

/** The number in package.json, which a browser does not have: a test holds the two together. */
const VERSION = "0.1.0";

export function slabfuzzVersion(): string {
  return VERSION;
}
