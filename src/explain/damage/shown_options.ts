// The debug options that the parts of a report prove.
import { POISON_FREE, POISON_INUSE } from "../../abi.ts";
import type { Report } from "../report.ts";

export interface ShownOptions {
  readonly zone: boolean;
  readonly poison: boolean;
  readonly tracks: boolean;
}

const POISON_RUN = 4;

export function shownOptionsOf({ rows, check, tracks }: Report): ShownOptions {
  const zone = rows.some(({ section }) => section === "Redzone") || /redzone/.test(check);
  const isFilled = rows.some(
    ({ section, bytes }) =>
      (/^(?:Padding|Section)$/.test(section) && bytes.includes(POISON_INUSE)) ||
      (section === "Object" && bytes.filter((byte) => byte === POISON_FREE).length > POISON_RUN),
  );
  const poison = isFilled || /^(?:poison|padding|slab-padding)$/.test(check);
  return { zone, poison, tracks: tracks.length > 0 };
}
