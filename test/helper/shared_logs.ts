// Logs of real kernels that are not part of this repository: where they lie, and their facts.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { logOfScript } from "./explained.ts";

/** The folder beside the repository, or the one that SLABFUZZ_SHARED names. */
const SHARED = process.env["SLABFUZZ_SHARED"] ?? join("..", "shared");
const REPORTS = join(SHARED, "reports");
const INDEX = join(REPORTS, "INDEX.tsv");

/** A public log, and what its readers made of it. */
export interface PublicLog {
  readonly name: string;
  readonly log: Uint8Array;
  readonly isCertain: boolean;
  /** Classes that are right. */
  readonly classes: readonly string[];
  readonly arch: string;
  readonly kind: string;
  readonly cache: string;
  readonly objectSize: string;
  /** Places and bytes, in words. */
  readonly damaged: string;
}

/** All public logs; none, and a line that says so, where the folder is missing. */
export function publicLogs(): PublicLog[] {
  if (!existsSync(INDEX)) {
    console.log(`skipped: there are no public logs in ${REPORTS}`);
    return [];
  }
  const [head, ...rows] = readFileSync(INDEX, "utf8").trimEnd().split("\n");
  const columns = head.split("\t");
  return rows.map((row) => {
    const fields = row.split("\t");
    const field = (name: string): string => fields[columns.lastIndexOf(name)] ?? "";
    const classes = field("class")
      .split(/,\s*/)
      .filter((name) => name !== "");
    const log = readFileSync(join(REPORTS, fields[0]));
    return {
      name: fields[0],
      log,
      isCertain: field("established by") === "source",
      classes,
      arch: field("arch"),
      kind: field("report kind"),
      cache: field("cache"),
      objectSize: field("object size"),
      damaged: field("damaged (offset, bytes)"),
    };
  });
}

export function publicLogPath(name: string): string {
  return resolve(REPORTS, name);
}

/** The write-up of the crash that slabfuzz began with, where it is at hand. */
export function seedDocument(): Uint8Array | undefined {
  const file = join(SHARED, "seed-case", "crash-analysis.zh.md");
  return existsSync(file) ? readFileSync(file) : undefined;
}

/** What our core prints of the scripts that a kernel's recordings are of. */
export async function recordedLogs(kernel: string): Promise<Uint8Array[]> {
  const folder = join(SHARED, "kernel-oracle", kernel, "recordings", "scenarios");
  if (!existsSync(folder)) {
    console.log(`skipped: there are no recordings in ${folder}`);
    return [];
  }
  const files = readdirSync(folder).filter((file) => file.endsWith(".txt"));
  const logs = files.map((file) => logOfScript(readFileSync(join(folder, file), "utf8")));
  return (await Promise.all(logs)).map((log) => Buffer.from(log));
}

/** A console of a real kernel that ran a script whose mistake is known. */
export interface RawConsole {
  readonly name: string;
  readonly family: string;
  readonly log: Buffer;
}

/** The consoles of one kernel, without the lines of the driver, which give the answer away. */
export function rawConsoles(kernel: string): RawConsole[] {
  const folder = join(SHARED, "kernel-oracle", kernel, "recordings", "raw");
  if (!existsSync(folder)) {
    console.log(`skipped: there are no consoles in ${folder}`);
    return [];
  }
  return readdirSync(folder).map((name) => {
    const text = gunzipSync(readFileSync(join(folder, name))).toString("latin1");
    const lines = text.split("\n").filter((line) => !line.startsWith("@@"));
    return { name, family: name.split(".")[0], log: Buffer.from(lines.join("\n"), "latin1") };
  });
}
