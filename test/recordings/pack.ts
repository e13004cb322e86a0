// Packs the recordings of real kernels into this folder: one compressed file a kernel, the same
// bytes for the same recordings. Only needed when recordings are added.
//
//   npx tsx test/recordings/pack.ts FOLDER
//
// FOLDER holds v3.10/, v6.1/ and v6.12/, each with recordings/{scenarios,traces,extra}/NAME.txt
// (a script) and NAME.golden (what the kernel said), scenarios/INDEX.tsv and geometry/*.tsv.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { constants, gzipSync } from "node:zlib";
import { type Archive, KERNELS, type KernelName, type Recording, SETS } from "./archive.ts";

const HERE = dirname(fileURLToPath(import.meta.url));
/** Where a gzip header says which system wrote it; 255 is "unknown". */
const GZIP_SYSTEM_BYTE = 9;

main(process.argv[2]);

function main(folder: string | undefined): void {
  if (folder === undefined) throw new Error("usage: pack.ts FOLDER");
  for (const kernel of KERNELS) {
    const archive = readArchive(kernel, join(folder, kernel, "recordings"));
    const packed = compress(JSON.stringify(archive));
    writeFileSync(join(HERE, `${kernel}.json.gz`), packed);
    const count = archive.recordings.length;
    console.log(`${kernel}: ${count} recordings, ${Math.ceil(packed.length / 1024)} KiB`);
  }
}

function readArchive(kernel: KernelName, folder: string): Archive {
  return {
    kernel,
    recordings: SETS.flatMap((set) => readSet(set, join(folder, set))),
    index: readFileSync(join(folder, "scenarios", "INDEX.tsv"), "utf8"),
    geometry: readTables(join(folder, "geometry")),
  };
}

function readSet(set: Recording["set"], folder: string): Recording[] {
  return namesOf(folder, ".txt").map((name) => ({
    name,
    set,
    script: readFileSync(join(folder, `${name}.txt`), "utf8"),
    golden: readFileSync(join(folder, `${name}.golden`), "utf8"),
  }));
}

function readTables(folder: string): Record<string, string> {
  const tables = namesOf(folder, ".tsv").map((name) => [
    name,
    readFileSync(join(folder, `${name}.tsv`), "utf8"),
  ]);
  return Object.fromEntries(tables);
}

/** Names of the files with that ending, sorted by code point. */
function namesOf(folder: string, ending: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(ending) && file !== "INDEX.tsv")
    .map((file) => basename(file, ending))
    .sort((a, b) => (a < b ? -1 : 1));
}

function compress(text: string): Buffer {
  const packed = gzipSync(text, { level: constants.Z_BEST_COMPRESSION });
  packed[GZIP_SYSTEM_BYTE] = 255;
  return packed;
}
