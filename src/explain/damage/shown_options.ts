// The debug options that the parts of a report prove.
import type { Report } from "../report.ts";

export interface ShownOptions {
  readonly zone: boolean;
  readonly poison: boolean;
  readonly tracks: boolean;
}

const PADDING = 0x5a;
const POISON = 0x6b;
const POISON_RUN = 4;

export function shownOptionsOf({ rows, check, tracks }: Report): ShownOptions {
  const zone = rows.some(({ section }) => section === "Redzone") || /redzone/.test(check);
  const isFilled = rows.some(
    ({ section, bytes }) =>
      (/^(?:Padding|Section)$/.test(section) && bytes.includes(PADDING)) ||
      (section === "Object" && bytes.filter((byte) => byte === POISON).length > POISON_RUN),
  );
  const poison = isFilled || /^(?:poison|padding|slab-padding)$/.test(check);
  return { zone, poison, tracks: tracks.length > 0 };
}
