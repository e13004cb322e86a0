// The version of slabfuzz.

/** The number in package.json, which a browser does not have: a test compares the two. */
const VERSION = "0.1.0";

export function slabfuzzVersion(): string {
  return VERSION;
}
