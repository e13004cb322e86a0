// An authority, and certificates of a server on loopback and of a client, made by openssl.
import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Whether there is an openssl. */
export const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

/** Paths of files in PEM. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** An authority in a folder, and what it signs. */
export class Authority implements Pair {
  readonly cert: string;
  readonly key: string;
  readonly #folder: string;

  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.cert = join(folder, `${name}.crt`);
    this.key = join(folder, `${name}.key`);
    const subject = ["-subj", `/CN=${name}`, "-days", "2"];
    openssl(["req", "-x509", ...NEW_KEY, ...subject, "-keyout", this.key, "-out", this.cert]);
  }

  /** A certificate for a name, valid on loopback. */
  sign(name: string): Pair {
    const [cert, key, request, names] = ["crt", "key", "csr", "ext"].map((ending) => {
      return join(this.#folder, `${name}.${ending}`);
    });
    writeFileSync(names, "subjectAltName=IP:127.0.0.1,DNS:localhost\n");
    openssl(["req", ...NEW_KEY, "-subj", `/CN=${name}`, "-keyout", key, "-out", request]);
    const signer = ["-CA", this.cert, "-CAkey", this.key, "-CAcreateserial", "-days", "2"];
    openssl(["x509", "-req", "-in", request, ...signer, "-extfile", names, "-out", cert]);
    return { cert, key };
  }
}

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

function openssl(words: readonly string[]): void {
  execFileSync("openssl", words, { stdio: ["ignore", "ignore", "pipe"] });
}
