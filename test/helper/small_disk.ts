// A disk of a few kilobytes, which only root on Linux can make.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export class SmallDisk {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Undefined where no small disk can be made. */
  static of(kilobytes: number): SmallDisk | undefined {
    const path = mkdtempSync(join(tmpdir(), "slabfuzz-disk-"));
    if (mount("size", kilobytes, path)) return new SmallDisk(path);
    rmSync(path, { recursive: true });
    return undefined;
  }

  resize(kilobytes: number): void {
    if (!mount("remount,size", kilobytes, this.path)) throw new Error("it cannot be remounted");
  }

  remove(): void {
    spawnSync("umount", [this.path]);
    rmSync(this.path, { recursive: true });
  }
}

function mount(option: string, kilobytes: number, path: string): boolean {
  const words = ["-t", "tmpfs", "-o", `${option}=${kilobytes}k`, "tmpfs", path];
  return spawnSync("mount", words).status === 0;
}
