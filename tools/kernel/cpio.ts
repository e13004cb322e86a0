// An initial RAM file system with scripts added to it: the kernel unpacks archives one behind the
// other. Only the one format that kernels read ("newc") is written.

const DIRECTORY = 0o040755;
const FILE = 0o100644;
const MAGIC = "070701";
const BLOCK_BYTES = 512;
const WORD_BYTES = 4;
/** Behind every number that the first archive may have used. */
const FIRST_INODE = 900_001;

/** The archive with one more file, in a folder of its own. */
export function withFile(archive: Buffer, folder: string, name: string, content: string): Buffer {
  return Buffer.concat([
    padded(archive, BLOCK_BYTES),
    entry(folder, DIRECTORY, "", FIRST_INODE),
    entry(`${folder}/${name}`, FILE, content, FIRST_INODE + 1),
    entry("TRAILER!!!", 0, "", 0),
  ]);
}

function entry(path: string, mode: number, content: string, inode: number): Buffer {
  const data = Buffer.from(content, "latin1");
  const name = Buffer.from(`${path}\0`, "latin1");
  const links = 1;
  const fields = [inode, mode, 0, 0, links, 0, data.length, 0, 0, 0, 0, name.length, 0];
  const head = Buffer.from(MAGIC + fields.map(eightDigits).join(""), "latin1");
  const named = padded(Buffer.concat([head, name]), WORD_BYTES);
  return Buffer.concat([named, padded(data, WORD_BYTES)]);
}

function eightDigits(value: number): string {
  return value.toString(16).toUpperCase().padStart(8, "0");
}

function padded(data: Buffer, unit: number): Buffer {
  return Buffer.concat([data, Buffer.alloc(-data.length & (unit - 1))]);
}
